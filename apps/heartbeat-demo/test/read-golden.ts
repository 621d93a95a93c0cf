import { readFileSync } from 'node:fs'

/** The bytes of a golden file: hexadecimal digits, with spaces and lines as one likes; `#` begins a comment. */
export function readGolden(name: string): Uint8Array {
  const text = readFileSync(new URL(`./golden/${name}.hex`, import.meta.url), 'utf8')
  return Uint8Array.from(Buffer.from(text.replace(/#.*$/gm, '').replace(/\s+/g, ''), 'hex'))
}
