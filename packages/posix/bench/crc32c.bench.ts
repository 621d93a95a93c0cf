import { createRequire } from 'node:module'
import { bench, do_not_optimize, run, summary } from 'mitata'
import { type NativeBinding } from '../src/native-binding.ts'

// The instruction, tables in C and tables in JavaScript, by size: how fast each is, and from which size on the call
// into C pays for itself.

// Bundled elsewhere, this looks for the binary from the package's directory, in which benches are run.
const loadBinary = createRequire(import.meta.url)('node-gyp-build') as (directory: string) => NativeBinding
const binding = loadBinary(process.cwd())

/** tables[n * 256 + byte]: the crc of that byte followed by n zero bytes. */
const tables = new Int32Array(8 * 256)
for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  tables[byte] = crc
}
for (let index = 256; index < tables.length; index++) {
  const before = tables[index - 256]!
  tables[index] = tables[before & 255]! ^ (before >>> 8)
}

function byTablesInJavaScript(bytes: Uint8Array, seed: number): number {
  let crc = seed
  let at = 0
  for (; at + 8 <= bytes.length; at += 8) {
    crc =
      tables[1792 + (bytes[at]! ^ (crc & 255))]! ^
      tables[1536 + (bytes[at + 1]! ^ ((crc >>> 8) & 255))]! ^
      tables[1280 + (bytes[at + 2]! ^ ((crc >>> 16) & 255))]! ^
      tables[1024 + (bytes[at + 3]! ^ (crc >>> 24))]! ^
      tables[768 + bytes[at + 4]!]! ^
      tables[512 + bytes[at + 5]!]! ^
      tables[256 + bytes[at + 6]!]! ^
      tables[bytes[at + 7]!]!
  }
  for (; at < bytes.length; at++) crc = tables[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8)
  return crc >>> 0
}

const check = Buffer.from('123456789'.repeat(9))
if (byTablesInJavaScript(check, 1) !== binding.crc32c(check, 1, 0, check.length)) throw new Error('they differ')

for (const size of [49, 128, 256, 1024, 4096, 65_536, 1 << 20]) {
  const bytes = new Uint8Array(size).map((_, index) => index * 7)
  summary(() => {
    bench(`${size} B, ${binding.crc32cImplementation}`, () => do_not_optimize(binding.crc32c(bytes, 0, 0, size)))
    bench(`${size} B, tables in C`, () => do_not_optimize(binding.crc32cPortable(bytes, 0, 0, size)))
    bench(`${size} B, tables in JavaScript`, () => do_not_optimize(byTablesInJavaScript(bytes, 0)))
  })
}

await run()

process.stdout.write('\n')
for (const size of [4096, 65_536, 1 << 20]) {
  const bytes = new Uint8Array(size).fill(7)
  const rounds = Math.ceil(1e9 / size)
  const start = performance.now()
  for (let round = 0; round < rounds; round++) do_not_optimize(binding.crc32c(bytes, 0, 0, size))
  const gigabytesPerSecond = (size * rounds) / (performance.now() - start) / 1e6
  console.log(`${binding.crc32cImplementation}, ${size} B at a time: ${gigabytesPerSecond.toFixed(1)} GB/s`)
}
