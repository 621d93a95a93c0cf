import { ProtocolError } from '../errors.ts'
import type { FrameRevision } from './frame-cipher.ts'

/** The first byte of an epilogue, which tells whether the sender gave the frame up while it was on its way. */

const COMPLETE = 0x0e
const ABORTED = 0x01
const STATUS_MASK = 0x0f

/** What a sender writes that never gives a frame up. */
export const LATE_STATUS_COMPLETE: Readonly<Record<FrameRevision, number>> = { '2.0': 0, '2.1': COMPLETE }

/**
 * True if the frame was given up and is to be left aside. In 2.0 it is a bit; in 2.1 the low nibble is one of two codes,
 * far apart, and any other throws `ProtocolError`. Ceph: src/msg/async/frames_v2.h, FRAME_LATE_STATUS_*
 */
export function isAborted(revision: FrameRevision, lateStatus: number): boolean {
  if (revision === '2.0') return (lateStatus & ABORTED) !== 0
  const status = lateStatus & STATUS_MASK
  if (status !== COMPLETE && status !== ABORTED) {
    throw new ProtocolError('ERR_MSGR_BAD_FRAME', `late status of a frame: expected 14 or 1, got ${status}`)
  }
  return status === ABORTED
}
