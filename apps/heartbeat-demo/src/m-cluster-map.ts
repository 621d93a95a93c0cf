import { BufferEncoder, Uuid } from '@msgr/bufferlist'
import { Message } from '@msgr/message'
import { ClusterMap, clusterMapCodec } from './cluster-map.ts'

/** The monitor publishes a map. The type is this demo's own: Ceph's numbers end far below. */
export class MClusterMap extends Message {
  static readonly type = 0x7f00
  static readonly headVersion = 1
  static readonly compatVersion = 1

  map: ClusterMap

  constructor(map: ClusterMap = new ClusterMap(Uuid.zero())) {
    super(MClusterMap)
    this.map = map
  }

  protected override encodePayload(): void {
    const encoder = new BufferEncoder()
    clusterMapCodec.encode(encoder, this.map)
    this.front = encoder.toBufferList()
  }

  protected override decodePayload(): void {
    this.map = clusterMapCodec.decode(this.front.cursor())
  }
}
