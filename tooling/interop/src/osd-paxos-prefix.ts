import { type BufferCursor, type BufferEncoder } from '@msgr/bufferlist'

/** Version u64, -1 as s16, 0 as u64. Ceph: src/messages/PaxosServiceMessage.h */
export function writePaxosPrefix(encoder: BufferEncoder, version: number): void {
  encoder.writeSafeUInt64LE(version).writeInt16LE(-1).writeBigUInt64LE(0n)
}

/** The version. */
export function readPaxosPrefix(cursor: BufferCursor): number {
  const version = cursor.readSafeUInt64LE()
  cursor.skip(2 + 8)
  return version
}
