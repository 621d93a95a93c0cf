import { bench, do_not_optimize, group, run } from 'mitata'
import { BufferList } from '../src/index.ts'

// What a rope is for: bytes that come in chunks and go in pieces. Comparisons with the ropes of others are in
// apps/bench-runner, suite bufferlist.

const SIZES = [64, 1024, 16384, 65536]
const QUEUED_CHUNKS = 16

group(`append a chunk and consume as much, ${QUEUED_CHUNKS} queued`, () => {
  for (const size of SIZES) {
    const chunk = new Uint8Array(size).fill(1)
    // A queue that never runs empty: one chunk goes in, one comes out.
    const list = new BufferList()
    for (let i = 0; i < QUEUED_CHUNKS; i++) list.append(chunk)
    bench(`${size} B`, () => do_not_optimize(list.append(chunk).consume(size)))
  }
})

group('append and consume', () => {
  const small = new Uint8Array(64)
  bench('a new list of one chunk of 64 B', () => do_not_optimize(new BufferList(small).consume(64)))
  const large = new Uint8Array(65536)
  const list = new BufferList()
  bench('64 KiB, in pieces of 4 KiB', () => {
    list.append(large)
    while (list.length > 0) list.consume(4096)
  })
})

group(`a range of ${QUEUED_CHUNKS} chunks of 1 KiB`, () => {
  const list = new BufferList()
  for (let i = 0; i < QUEUED_CHUNKS; i++) list.append(new Uint8Array(1024))
  bench('within the first chunk, as a view', () => do_not_optimize(list.subarray(100, 900)))
  bench('within the ninth chunk, as a view', () => do_not_optimize(list.subarray(8300, 9100)))
  bench('of three chunks, as a list without copying', () => do_not_optimize(list.substr(900, 2048)))
  bench('of three chunks, as a copy', () => do_not_optimize(list.slice(900, 2948)))
})

await run()
