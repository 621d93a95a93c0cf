import { type BufferList } from './buffer-list.ts'

const ROW_LENGTH = 16

/**
 * The bytes as rows of 16: offset, hexadecimal, text. A row of one repeated byte that is the same as the row before is
 * left out, and one `*` stands for all such rows together; the last row is always there. The last line is the length.
 * Ceph: src/common/buffer.cc, buffer::list::hexdump
 */
export function hexdump(list: BufferList, trailingNewline: boolean): string {
  if (list.length === 0) return ''
  const lines: string[] = []
  const cursor = list.cursor()
  let repeated: number | undefined // the byte that all of the last row is made of
  while (cursor.remaining > 0) {
    const offset = cursor.tell
    const row = cursor.readBytes(Math.min(ROW_LENGTH, cursor.remaining))
    const only = row.every((byte) => byte === row[0]) ? row[0] : undefined
    if (only === undefined || only !== repeated || cursor.remaining === 0) lines.push(rowText(offset, row))
    else if (lines.at(-1) !== '*') lines.push('*')
    repeated = only
  }
  lines.push(hex(list.length, 8))
  return lines.join('\n') + (trailingNewline ? '\n' : '')
}

function rowText(offset: number, row: Uint8Array): string {
  const bytes = Array.from({ length: ROW_LENGTH }, (_, i) => {
    const byte = row[i]
    return (i === 8 ? ' ' : '') + (byte === undefined ? '  ' : hex(byte, 2))
  })
  const text = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
  return `${hex(offset, 8)}  ${bytes.join(' ')}  |${text.join('')}|`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
