import { readFileSync } from 'node:fs'

export { joinBytes as joined } from '../src/join-bytes.ts'

/** The bytes of a golden file: hexadecimal text, in which lines that begin with # are comments. */
export function readGolden(name: string): Uint8Array {
  const text = readFileSync(new URL(`golden/${name}.txt`, import.meta.url), 'utf8')
  return hexToBytes(text.replace(/^#.*$/gm, ''))
}

export function hexToBytes(hex: string): Uint8Array {
  const digits = hex.replace(/\s/g, '')
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}

/** For comparisons: the matchers walk a long array much more slowly than a text. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
