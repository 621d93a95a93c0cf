import { bench, do_not_optimize, group, run } from 'mitata'
import { BufferList, crc32c, crc32cZeros } from '../src/index.ts'

// Comparisons with the packages of others are in apps/bench-runner, suite crc32c.

group('crc32c', () => {
  for (const length of [49, 64, 256, 1024, 4096, 65536, 1048576]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7)
    bench(`${length} B`, () => do_not_optimize(crc32c(bytes)))
  }
})

for (const length of [1024, 4096]) {
  const chunk = new Uint8Array(length)
  const kept = new BufferList(chunk)
  let seed = 0
  group(`the CRC of a list of one chunk of ${length} B`, () => {
    bench('first time', () => do_not_optimize(new BufferList(chunk).crc32c()))
    bench('without remembering', () => do_not_optimize(new BufferList(chunk).cursor().crc32c(length)))
    bench('again', () => do_not_optimize(kept.crc32c()))
    bench('again, with another seed', () => do_not_optimize(kept.crc32c(++seed)))
  })
}

group('4096 zeros', () => {
  const zeros = new Uint8Array(4096)
  bench('crc32c', () => do_not_optimize(crc32c(zeros, 1)))
  bench('crc32cZeros', () => do_not_optimize(crc32cZeros(4096, 1)))
})

await run()
