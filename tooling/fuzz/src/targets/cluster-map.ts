import { BufferEncoder, Uuid } from '@msgr/bufferlist'
import { EntityAddr } from '@msgr/message'
import { ClusterMap, clusterMapCodec } from '@msgr-apps/heartbeat-demo'
import fc from 'fast-check'
import { arbitraryU32 } from '../arbitrary-frames.ts'
import { readingOf, reread } from '../reread.ts'
import type { Target } from '../target.ts'

// An input: how it is cut; then the map.

const reading = readingOf(clusterMapCodec)

function encoded(map: ClusterMap): Uint8Array {
  const encoder = new BufferEncoder()
  clusterMapCodec.encode(encoder, map)
  return encoder.toBufferList().slice()
}

const arbitraryAddr = fc
  .tuple(fc.nat(0xffff), arbitraryU32, fc.constantFrom('127.0.0.1', '::1', 'fe80::1', '0.0.0.0'))
  .map(([port, nonce, ip]) => EntityAddr.fromIp('v1', ip, port, nonce))

const arbitraryOsd = fc.record({
  id: arbitraryU32,
  isUp: fc.boolean(),
  upFrom: arbitraryU32,
  downAt: arbitraryU32,
  front: fc.oneof(fc.constant(EntityAddr.none), arbitraryAddr),
  back: arbitraryAddr,
})

/** The map of the demo's cluster. */
export const clusterMap: Target = {
  name: 'cluster-map',
  seeds: () => {
    const addr = EntityAddr.parse('v1:127.0.0.1:6800/1')
    const small = new ClusterMap(Uuid.zero())
      .withUp(0, { front: addr, back: addr })
      .withUp(7, { front: addr, back: addr })
    return [new ClusterMap(Uuid.zero()), small, small.withDown(7)].map((map) => Uint8Array.from([3, ...encoded(map)]))
  },
  structured: fc
    .tuple(fc.nat(255), arbitraryU32, fc.array(arbitraryOsd, { maxLength: 6 }))
    .map(([seed, epoch, osds]) => Uint8Array.from([seed, ...encoded(new ClusterMap(Uuid.zero(), epoch, osds))])),
  maxAllocatedBytes: (inputLength) => 128 * 1024 + 512 * inputLength,
  run: (bytes) => reread(reading, bytes.subarray(1), (bytes[0] ?? 0) + 1).signature,
}
