import { BufferEncoder, mapOf, sizedBytes, uint32, Uuid, uuid } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

/** What an MOSDMap says. */
export interface MOSDMapFields {
  readonly fsid: Uuid
  /** By epoch: what `OsdMapIncremental.decode` reads. In a received message views of what the socket read. */
  readonly incrementals: ReadonlyMap<number, Uint8Array>
  /** By epoch: what `OsdMap.decode` reads. */
  readonly maps: ReadonlyMap<number, Uint8Array>
  /** The oldest and the newest epoch that the sender has. u32. */
  readonly oldestEpoch: number
  readonly newestEpoch: number
}

const NOTHING: MOSDMapFields = {
  fsid: Uuid.zero(),
  incrementals: new Map(),
  maps: new Map(),
  oldestEpoch: 0,
  newestEpoch: 0,
}

const blobs = mapOf(uint32, sizedBytes)

/**
 * Maps of OSDs, whole or as changes: fsid, map of epoch u32 to blob (incrementals), the same (full maps), oldest u32,
 * newest u32; since version 4 a map that is always empty. Ceph: src/messages/MOSDMap.h
 */
export class MOSDMap extends Message {
  static readonly type = 41
  static readonly headVersion = 4
  static readonly compatVersion = 3

  fields: MOSDMapFields

  constructor(fields: Partial<MOSDMapFields> = {}) {
    super(MOSDMap)
    this.fields = { ...NOTHING, ...fields }
  }

  protected override encodePayload(): void {
    const { fsid, incrementals, maps, oldestEpoch, newestEpoch } = this.fields
    const encoder = new BufferEncoder()
    uuid.encode(encoder, fsid)
    blobs.encode(encoder, incrementals)
    blobs.encode(encoder, maps)
    encoder.writeUInt32LE(oldestEpoch).writeUInt32LE(newestEpoch).writeUInt32LE(0)
    this.front = encoder.toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    const fsid = uuid.decode(cursor)
    const incrementals = blobs.decode(cursor)
    const maps = blobs.decode(cursor)
    const [oldestEpoch, newestEpoch] = this.version >= 2 ? [cursor.readUInt32LE(), cursor.readUInt32LE()] : [0, 0]
    this.fields = { fsid, incrementals, maps, oldestEpoch, newestEpoch }
  }
}
