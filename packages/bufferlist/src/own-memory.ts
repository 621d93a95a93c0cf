/** Small pieces are parts of blocks of this length: an ArrayBuffer of its own costs far more than a view. */
const BLOCK_LENGTH = 8192
const MAX_LENGTH_OF_PART = 2048
/** So that any typed array can be laid over the start of a part. */
export const PART_ALIGNMENT = 8

// Not a typed array of these bytes: its `subarray` takes twice as long as the constructor of a view.
let block = new ArrayBuffer(0)
let used = 0

/**
 * Zeroed memory that nothing else uses. Up to 2 KiB come as part of a block of 8 KiB, which lives as long as any of its
 * parts does.
 */
export function takeMemory(length: number): Uint8Array {
  if (length > MAX_LENGTH_OF_PART) return new Uint8Array(length)
  if (used + length > block.byteLength) {
    block = new ArrayBuffer(BLOCK_LENGTH)
    used = 0
  }
  const start = used
  used += Math.ceil(length / PART_ALIGNMENT) * PART_ALIGNMENT
  return new Uint8Array(block, start, length)
}
