import { AesGcm, aesGcmAvailable, crc32c, isAvailable } from '../../src/index.ts'

// Tells whether the shim works, and whether its cipher does.

let code = 'none'
try {
  new AesGcm(new Uint8Array(16))
} catch (error) {
  code = (error as { code: string }).code
}
const works = isAvailable() && crc32c(Buffer.from('foo bar baz')) === 4119623852
process.stdout.write(`available ${works}, cipher ${aesGcmAvailable()}: ${code}\n`)
