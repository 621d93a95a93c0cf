import { readFileSync } from 'node:fs'

function read(name: string): string {
  return readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')
}

/** The text of a golden file without its comments. */
export function goldenText(name: string): string {
  return read(name)
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
}

/** The bytes of a golden file in hexadecimal. */
export function goldenBytes(name: string): Uint8Array {
  return hex(goldenText(name))
}

/** The rows of a golden file that is a table. */
export function goldenRows(name: string): string[][] {
  const lines = goldenText(name).split('\n')
  return lines.filter((line) => line.trim() !== '').map((line) => line.trim().split(/\s+/))
}

export function hex(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replaceAll(/\s/g, ''), 'hex'))
}
