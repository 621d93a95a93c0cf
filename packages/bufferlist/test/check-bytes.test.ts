import { expect, test } from 'vitest'
import { checkBytes } from '../src/check-bytes.ts'

test('every Uint8Array is bytes, and nothing else', () => {
  checkBytes(new Uint8Array(1))
  checkBytes(Buffer.from('a'))
  const others: [unknown, string][] = [
    [new Uint16Array(1), 'Uint16Array'],
    [new DataView(new ArrayBuffer(1)), 'DataView'],
    [[1], 'Array'],
    [null, 'object'],
    [undefined, 'undefined'],
    ['a', 'string'],
  ]
  for (const [value, kind] of others) {
    expect(() => {
      checkBytes(value)
    }).toThrow(new TypeError(`expected bytes, text or a BufferList, got ${kind}`))
  }
})
