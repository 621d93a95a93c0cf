import { bench, do_not_optimize, group, run, summary } from 'mitata'
import { BufferEncoder, type BufferList, startStruct } from '../src/index.ts'

// A small message's payload, against the same bytes put together in a Buffer of known size.

const payload = new Uint8Array(64)

function fields(encoder: BufferEncoder): BufferList {
  const struct = startStruct(encoder, 3, 1)
  encoder.writeUInt32LE(7).writeSafeUInt64LE(1234567890123).writeUInt16LE(6800).writeString('osd.12')
  encoder.writeSizedBytes(payload)
  struct.finish()
  return encoder.toBufferList()
}

function buffer(): Buffer {
  const name = 'osd.12'
  const bytes = Buffer.allocUnsafe(6 + 4 + 8 + 2 + 4 + name.length + 4 + payload.length)
  let at = bytes.writeUInt8(3, 0)
  at = bytes.writeUInt8(1, at)
  at = bytes.writeUInt32LE(bytes.length - 6, at)
  at = bytes.writeUInt32LE(7, at)
  at = bytes.writeBigUInt64LE(1234567890123n, at)
  at = bytes.writeUInt16LE(6800, at)
  at = bytes.writeUInt32LE(name.length, at)
  at += bytes.write(name, at, 'latin1')
  at = bytes.writeUInt32LE(payload.length, at)
  bytes.set(payload, at)
  return bytes
}

group('a versioned struct of 98 B', () => {
  summary(() => {
    const kept = new BufferEncoder()
    bench('BufferEncoder, one for all', () => do_not_optimize(fields(kept)))
    bench('BufferEncoder, a new one each', () => do_not_optimize(fields(new BufferEncoder())))
    bench('Buffer.allocUnsafe of the exact size', () => do_not_optimize(buffer()))
  })
})

group('1024 integers of 32 bits', () => {
  summary(() => {
    const kept = new BufferEncoder()
    bench('BufferEncoder', () => {
      for (let i = 0; i < 1024; i++) kept.writeUInt32LE(i)
      do_not_optimize(kept.toBufferList())
    })
    bench('Buffer', () => {
      const bytes = Buffer.allocUnsafe(4096)
      for (let i = 0; i < 1024; i++) bytes.writeUInt32LE(i, 4 * i)
      do_not_optimize(bytes)
    })
  })
})

await run()
