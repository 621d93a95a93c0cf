import { EndOfBufferError } from './errors.ts'

/** Throws unless `offset` and `length` are whole, not negative, and name a range within `available` bytes. */
export function checkRange(offset: number, length: number, available: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError(`expected an offset from 0 up, got ${offset}`)
  if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`expected a length from 0 up, got ${length}`)
  if (offset + length > available) throw new EndOfBufferError(length, Math.max(0, available - offset))
}

/** An index as `Uint8Array.prototype.slice` reads it: counted from the end if negative, and never outside. */
export function clampIndex(index: number, length: number): number {
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length)
}
