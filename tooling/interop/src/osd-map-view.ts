import { decodeOsdMapIncremental, OsdMap, osdIsUp, type MOSDMapFields, type OsdEntry } from '@msgr/mon-client'

/** How many changes are kept for others. */
const KEPT_CHANGES = 100

/** What an OSD knows of its cluster by the OSD maps that it is sent. Ceph: src/osd/OSD.cc, handle_osd_map */
export class OsdMapView {
  #map: OsdMap | undefined
  /** When those that are down went down, as far as it was seen. */
  readonly #downAt = new Map<number, number>()
  /** The newest changes, as they came. */
  readonly #changes = new Map<number, Uint8Array>()

  /** Of the newest map that was applied; 0 before any was. */
  get epoch(): number {
    return this.#map?.epoch ?? 0
  }

  get osds(): readonly OsdEntry[] {
    return this.#map?.osds ?? []
  }

  get(id: number): OsdEntry | undefined {
    return this.#map?.osds[id]
  }

  isUp(id: number): boolean {
    const osd = this.get(id)
    return osd !== undefined && osdIsUp(osd)
  }

  /** For each OSD in the map: it is dead to whoever knows only maps before this epoch; 0 if it was not seen to go down. */
  get deadBefore(): ReadonlyMap<number, number> {
    return new Map(this.osds.map(({ id }) => [id, this.#downAt.get(id) ?? 0]))
  }

  /** All changes from this epoch to the newest, as they came; `undefined` if some of them are not kept. */
  changesFrom(firstEpoch: number): ReadonlyMap<number, Uint8Array> | undefined {
    const changes = new Map<number, Uint8Array>()
    for (let epoch = firstEpoch; epoch <= this.epoch; epoch++) {
      const bytes = this.#changes.get(epoch)
      if (bytes === undefined) return undefined
      changes.set(epoch, bytes)
    }
    return changes
  }

  /** Applies what is newer than what there is, in order. True if anything was. Throws for bytes that are no map. */
  apply({ incrementals, maps }: MOSDMapFields): boolean {
    const before = this.epoch
    const newestWhole = Math.max(...maps.keys())
    const whole = incrementals.has(before + 1) || newestWhole <= before ? undefined : maps.get(newestWhole)
    if (whole !== undefined) this.#replace(OsdMap.decode(whole))
    for (;;) {
      const bytes = incrementals.get(this.epoch + 1)
      if (bytes === undefined || this.#map === undefined) return this.epoch > before
      this.#replace(this.#map.apply(decodeOsdMapIncremental(bytes)))
      // A copy: what came may be a view of all that the socket read.
      this.#changes.set(this.epoch, bytes.slice())
      this.#changes.delete(this.epoch - KEPT_CHANGES)
    }
  }

  #replace(map: OsdMap): void {
    for (const osd of map.osds) {
      if (osdIsUp(osd)) this.#downAt.delete(osd.id)
      else if (this.isUp(osd.id)) this.#downAt.set(osd.id, map.epoch)
    }
    this.#map = map
  }
}
