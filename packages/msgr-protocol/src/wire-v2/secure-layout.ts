import { FRAME_TAG_LENGTH } from './frame-cipher.ts'
import { PREAMBLE_SIZE, type Preamble } from './preamble.ts'

// Sizes of sealed frames. Every segment is padded with zeros to a multiple of 16 bytes.
//
//     2.0    ┌ preamble │ first │ front │ middle │ data │ epilogue 16 ┐ tag
//     2.1    ┌ preamble │ first, up to 48 bytes ┐ tag ┌ rest of first ┐ tag ┌ front │ middle │ data │ epilogue 16 ┐ tag
//                                                     └── if there is ──┘   └──── if there is more than one ──────┘

const BLOCK_SIZE = 16

/** Bytes of an epilogue: the late status, and zeros. */
export const SECURE_EPILOGUE_SIZE = 16
/** How much of the first segment 2.1 seals together with the preamble, with zeros behind it if it is shorter. */
export const INLINE_SIZE = 48
/** Bytes of what 2.1 seals first. */
export const HEAD_SIZE: number = PREAMBLE_SIZE + INLINE_SIZE
export const SEALED_HEAD_SIZE: number = HEAD_SIZE + FRAME_TAG_LENGTH

/** The length of a segment with its padding. */
export function paddedLength(length: number): number {
  // Not by bits: lengths go up to 2^32 - 1.
  return Math.ceil(length / BLOCK_SIZE) * BLOCK_SIZE
}

/** The length of front, middle and data with their paddings. */
export function paddedBodyLength(preamble: Preamble): number {
  return paddedLength(preamble.frontLength) + paddedLength(preamble.middleLength) + paddedLength(preamble.dataLength)
}
