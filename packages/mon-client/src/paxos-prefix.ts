import { type BufferCursor, type BufferEncoder } from '@msgr/bufferlist'

// What the front of a message to one of the monitors' services begins with:
//
//   0  version u64 │ 8  rank of the session's monitor s16, -1 │ 10  tid in that session u64, 0
//
// The last two are from when monitors forwarded messages in another way.

const NO_RANK = -1

/**
 * 18 bytes. `version`: of the map that the message speaks of; 0 if it speaks of none.
 * Ceph: src/messages/PaxosServiceMessage.h
 */
export function writePaxosPrefix(encoder: BufferEncoder, version = 0): void {
  encoder.writeSafeUInt64LE(version).writeInt16LE(NO_RANK).writeBigUInt64LE(0n)
}

/** The version; the rest means nothing any more. Throws what the cursor throws if there are fewer bytes. */
export function readPaxosPrefix(cursor: BufferCursor): number {
  const version = cursor.readSafeUInt64LE()
  cursor.skip(2 + 8)
  return version
}
