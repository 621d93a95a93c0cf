import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import { bench, do_not_optimize, group, run, summary } from 'mitata'
import type { NativeBinding } from '../src/native-binding.ts'
import { createRequire } from 'node:module'

// What it costs to seal and to open, by the shim and by node:crypto, whose OpenSSL is the same.

// Bundled elsewhere, this looks for the binary from the package's directory, in which benches are run.
const loadBinary = createRequire(import.meta.url)('node-gyp-build') as (directory: string) => NativeBinding
const binding = loadBinary(process.cwd())

const ALGORITHM = 'aes-128-gcm'
const key = new Uint8Array(16).fill(1)
const nonce = new Uint8Array(12).fill(2)
const keyObject = createSecretKey(key)
const cipher = binding.aesGcmCreate(key) as object

for (const size of [80, 4096, 65_536]) {
  const plain = new Uint8Array(size).fill(3)
  const [sealed, opened] = [new Uint8Array(size + 16), new Uint8Array(size)]
  binding.aesGcmSeal(cipher, nonce, sealed, 0, plain)
  const [ciphertext, tag] = [sealed.subarray(0, size), sealed.subarray(size)]

  group(`${size} bytes`, () => {
    summary(() => {
      bench('sealed by the shim', () => {
        do_not_optimize(binding.aesGcmSeal(cipher, nonce, sealed, 0, plain))
      })
      bench('sealed by node:crypto', () => {
        const sealing = createCipheriv(ALGORITHM, keyObject, nonce)
        do_not_optimize(sealing.update(plain))
        sealing.final()
        do_not_optimize(sealing.getAuthTag())
      })
    })
    summary(() => {
      bench('opened by the shim', () => {
        do_not_optimize(binding.aesGcmOpen(cipher, nonce, sealed, 0, size + 16, opened, 0))
      })
      bench('opened by node:crypto', () => {
        const opening = createDecipheriv(ALGORITHM, keyObject, nonce)
        do_not_optimize(opening.update(ciphertext))
        opening.setAuthTag(tag)
        opening.final()
      })
    })
  })
}

await run()
