import { structOf, uuid, vectorOf, type Codec, type Uuid } from '@msgr/bufferlist'
import { entityAddrCodec, Feature, type EntityAddr } from '@msgr/message'

/** What the map says of one OSD. */
export interface OsdEntry {
  readonly id: number
  readonly isUp: boolean
  /** The epoch in which it last came up, and the one in which it last went down; 0 for never. */
  readonly upFrom: number
  readonly downAt: number
  readonly front: EntityAddr
  readonly back: EntityAddr
}

/**
 * Who is in the cluster, and who of them is up, as of one epoch. Never changes: a change makes the map of the next
 * epoch. It has of Ceph's OSDMap what heartbeats need.
 *
 * Ceph: src/osd/OSDMap.h
 */
export class ClusterMap {
  readonly fsid: Uuid
  /** Grows by one with each change; 0 before the first. */
  readonly epoch: number
  /** In the order of their ids. */
  readonly osds: readonly OsdEntry[]

  constructor(fsid: Uuid, epoch = 0, osds: readonly OsdEntry[] = []) {
    this.fsid = fsid
    this.epoch = epoch
    this.osds = osds
  }

  get(id: number): OsdEntry | undefined {
    return this.osds.find((osd) => osd.id === id)
  }

  isUp(id: number): boolean {
    return this.get(id)?.isUp === true
  }

  get upIds(): readonly number[] {
    return this.osds.filter(({ isUp }) => isUp).map(({ id }) => id)
  }

  /** For each OSD in the map: it is dead to whoever knows only maps before this epoch; 0 if it is up. */
  get deadBefore(): ReadonlyMap<number, number> {
    return new Map(this.osds.map(({ id, isUp, downAt }) => [id, isUp ? 0 : downAt]))
  }

  /** The next map, in which the OSD is up at these addresses. */
  withUp(id: number, addresses: { readonly front: EntityAddr; readonly back: EntityAddr }): ClusterMap {
    const epoch = this.epoch + 1
    const downAt = this.get(id)?.downAt ?? 0
    return this.#next({ id, isUp: true, upFrom: epoch, downAt, front: addresses.front, back: addresses.back })
  }

  /** The next map, in which the OSD, which must be in this one, is down. */
  withDown(id: number): ClusterMap {
    const osd = this.get(id)
    if (osd === undefined) throw new Error(`osd.${id} is not in the map`)
    return this.#next({ ...osd, isUp: false, downAt: this.epoch + 1 })
  }

  #next(changed: OsdEntry): ClusterMap {
    const others = this.osds.filter(({ id }) => id !== changed.id)
    return new ClusterMap(
      this.fsid,
      this.epoch + 1,
      [...others, changed].sort((a, b) => a.id - b.id),
    )
  }
}

const osdEntryCodec: Codec<OsdEntry> = structOf({
  name: 'OsdEntry',
  version: 1,
  compat: 1,
  encode: (encoder, { id, isUp, upFrom, downAt, front, back }) => {
    encoder.writeUInt32LE(id).writeBoolean(isUp).writeUInt32LE(upFrom).writeUInt32LE(downAt)
    entityAddrCodec.encode(encoder, front, Feature.msgAddr2)
    entityAddrCodec.encode(encoder, back, Feature.msgAddr2)
  },
  decode: (cursor) => {
    const id = cursor.readUInt32LE()
    const isUp = cursor.readBoolean()
    const upFrom = cursor.readUInt32LE()
    const downAt = cursor.readUInt32LE()
    return { id, isUp, upFrom, downAt, front: entityAddrCodec.decode(cursor), back: entityAddrCodec.decode(cursor) }
  },
})

const osdEntriesCodec = vectorOf(osdEntryCodec)

/** How a map travels; the encoding is this demo's own. */
export const clusterMapCodec: Codec<ClusterMap> = structOf({
  name: 'ClusterMap',
  version: 1,
  compat: 1,
  encode: (encoder, { fsid, epoch, osds }) => {
    uuid.encode(encoder, fsid)
    encoder.writeUInt32LE(epoch)
    osdEntriesCodec.encode(encoder, osds)
  },
  decode: (cursor) => {
    const fsid = uuid.decode(cursor)
    const epoch = cursor.readUInt32LE()
    return new ClusterMap(fsid, epoch, osdEntriesCodec.decode(cursor))
  },
})
