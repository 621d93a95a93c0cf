import { crc32c as nativeCrc32c } from '@node-rs/crc32'
import { bench, do_not_optimize, group, run, summary } from 'mitata'
import { BufferList, crc32c, crc32cZeros } from '../src/index.ts'

// The tables in TypeScript against Rust behind Node-API, by length: where is the call worth its price?

for (const length of [49, 64, 256, 1024, 4096, 65536, 1048576]) {
  const bytes = Uint8Array.from({ length }, (_, i) => i * 7)
  const buffer = Buffer.from(bytes)
  group(`${length} B`, () => {
    summary(() => {
      bench('crc32c', () => do_not_optimize(crc32c(bytes)))
      bench('@node-rs/crc32', () => do_not_optimize(nativeCrc32c(buffer)))
    })
  })
}

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
