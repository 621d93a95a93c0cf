import { readFileSync } from 'node:fs'

/** The bytes of `golden/NAME.hex`: hex digits and white space, and lines of comment that begin with `#`. */
export function readGolden(name: string): Uint8Array {
  const text = readFileSync(new URL(`golden/${name}.hex`, import.meta.url), 'utf8')
  const digits = text.replace(/^#.*$/gm, '').replace(/\s/g, '')
  const bytes = Buffer.from(digits, 'hex')
  if (bytes.length === 0 || bytes.length * 2 !== digits.length) throw new Error(`golden/${name}.hex is no hex text`)
  return Uint8Array.from(bytes)
}
