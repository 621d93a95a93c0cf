import { ProtocolError } from '../errors.ts'

/** Reads a u64 sequence number as a number. Throws `ProtocolError` if it is beyond what a number can hold. */
export function readSeq(view: DataView, offset: number): number {
  const high = view.getUint32(offset + 4, true)
  if (high > 0x1f_ffff) {
    const got = view.getBigUint64(offset, true)
    throw new ProtocolError('ERR_MSGR_BAD_HEADER', `sequence number: expected at most 2^53 - 1, got ${got}`)
  }
  return high * 0x1_0000_0000 + view.getUint32(offset, true)
}

/** Writes a sequence number as a u64. */
export function writeSeq(seq: number, view: DataView, offset: number): void {
  view.setUint32(offset, seq >>> 0, true)
  view.setUint32(offset + 4, Math.floor(seq / 0x1_0000_0000), true)
}
