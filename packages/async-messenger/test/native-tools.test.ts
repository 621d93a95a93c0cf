import { createCipheriv } from 'node:crypto'
import { crc32c } from '@msgr/bufferlist'
import { aesGcmAvailable } from '@msgr/posix'
import { expect, test } from 'vitest'
import { nativeTools } from '../src/native-tools.ts'

test('the checksum is that of bufferlist, whichever way it is computed, also of a part and from a seed', () => {
  const bytes = Uint8Array.from({ length: 1_000 }, (_, at) => (at * 7) & 0xff)
  const tools = nativeTools()
  for (const [start, end] of [
    [0, 1_000],
    [1, 160],
    [0, 160],
    [3, 999],
    [5, 5],
  ] as const) {
    expect(tools?.crc32c(bytes, 99, start, end)).toBe(crc32c(bytes, 99, start, end))
  }
  expect(tools?.crc32c(bytes)).toBe(crc32c(bytes))
})

test.skipIf(!aesGcmAvailable())('the cipher is AES-128-GCM', () => {
  const [key, nonce, plain] = [new Uint8Array(16).fill(1), new Uint8Array(12).fill(2), new Uint8Array(100).fill(3)]
  const cipher = createCipheriv('aes-128-gcm', key, nonce)
  const expected = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  const sealed = new Uint8Array(116)
  nativeTools()?.aead?.(key).seal(nonce, [plain], sealed, 0)
  expect(Buffer.compare(sealed, expected)).toBe(0)
})
