// A value that does not fit would lose bits without a word.

export function checkUInt8(value: number): void {
  if ((value & 0xff) !== value) throw outOfRange('an unsigned 8-bit integer', value)
}

export function checkUInt16(value: number): void {
  if ((value & 0xffff) !== value) throw outOfRange('an unsigned 16-bit integer', value)
}

export function checkUInt32(value: number): void {
  if (value >>> 0 !== value) throw outOfRange('an unsigned 32-bit integer', value)
}

export function outOfRange(expected: string, value: number | bigint): RangeError {
  return new RangeError(`expected ${expected}, got ${value}`)
}
