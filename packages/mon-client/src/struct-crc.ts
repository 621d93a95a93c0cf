import { crc32c, MalformedInputError, type StructReader } from '@msgr/bufferlist'

/** What the checksum of a map begins with. */
const SEED = 0xffff_ffff
const CRC_LENGTH = 4

/**
 * Checks the checksum that a map has of its own bytes: of all of them but for the four of the checksum itself, which
 * come next. The map is all of `bytes`, as `struct` says. Throws `MalformedInputError`. Ceph: src/osd/OSDMap.cc, decode
 */
export function checkStructCrc(name: string, bytes: Uint8Array, struct: StructReader): void {
  const { remaining } = struct
  if (remaining < CRC_LENGTH) {
    throw new MalformedInputError(`${name}: expected its crc at the end, got ${remaining} bytes`, { remaining })
  }
  const offset = bytes.length - remaining
  const expected = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset, true)
  const actual = crc32c(bytes, crc32c(bytes, SEED, 0, offset), offset + CRC_LENGTH)
  if (actual === expected) return
  const text = `crc of ${name}: expected 0x${expected.toString(16)}, got 0x${actual.toString(16)}`
  throw new MalformedInputError(text, { expected, actual })
}
