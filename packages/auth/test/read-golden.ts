import { readFileSync } from 'node:fs'

/** The bytes of `golden/NAME.hex`: hex digits and white space, and lines of comment that begin with `#`. */
export function readGolden(name: string): Uint8Array {
  const text = readFileSync(new URL(`golden/${name}.hex`, import.meta.url), 'utf8')
  const digits = text.replace(/^#.*$/gm, '').replace(/\s/g, '')
  const bytes = Buffer.from(digits, 'hex')
  if (bytes.length === 0 || bytes.length * 2 !== digits.length) throw new Error(`golden/${name}.hex is no hex text`)
  return bytes
}

/** The text of `golden/NAME`. */
export function readGoldenText(name: string): string {
  return readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')
}

/** The lines `NAME VALUE` of `golden/NAME.txt`, but for comments. */
export function readVectors(name: string): Map<string, string> {
  const lines = readGoldenText(`${name}.txt`).split('\n')
  const pairs = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(' '))
  return new Map(pairs.map(([key = '', ...rest]) => [key, rest.join(' ')]))
}
