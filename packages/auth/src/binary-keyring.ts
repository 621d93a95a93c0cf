import { type BufferCursor, BufferList } from '@msgr/bufferlist'
import { CryptoKey, readKeyFields } from './crypto-key.ts'
import { type KeyringEntry } from './keyring.ts'
import { AuthLimits, limitedBytes, limitedString } from './limits.ts'
import { principalNameCodec } from './principal-name.ts'

/** From which on there is a second key, which is to replace the first. */
const VERSION_WITH_PENDING_KEY = 3
const MAX_VERSION = 4
const serviceCodec = limitedString('name of a service', AuthLimits.maxIdBytes)
const capsCodec = limitedBytes('caps', AuthLimits.maxCapsBytes)

/**
 * Reads a keyring of the old binary kind, which Ceph made before 2011 and still reads; `undefined` if it is none.
 * Version u8, then a map of name to version u8, obsolete uid u64, key, map of service (string) to caps (blob of a
 * string), and from version 3 on another key. Ceph: src/auth/KeyRing.cc, decode; src/auth/Auth.h, EntityAuth
 */
export function readBinaryKeyring(bytes: Uint8Array): KeyringEntry[] | undefined {
  try {
    const cursor = new BufferList(bytes).cursor()
    const version = cursor.readUInt8()
    if (version === 0 || version > MAX_VERSION) return undefined
    const entries = []
    for (let left = cursor.readUInt32LE(); left > 0; left--) entries.push(readEntry(cursor))
    return entries.length > 0 && cursor.isAtEnd ? entries : undefined
  } catch {
    // Whatever it stumbled over: then it is text.
    return undefined
  }
}

function readEntry(cursor: BufferCursor): KeyringEntry {
  const name = principalNameCodec.decode(cursor)
  const version = cursor.readUInt8()
  if (version >= 2) cursor.readBigUInt64LE()
  const key = new CryptoKey(readKeyFields(cursor))
  const caps = new Map<string, string>()
  for (let left = cursor.readUInt32LE(); left > 0; left--) {
    const service = serviceCodec.decode(cursor)
    const value = capsCodec.decode(cursor)
    caps.set(service, value.length === 0 ? '' : new BufferList(value).cursor().readString())
  }
  if (version >= VERSION_WITH_PENDING_KEY) readKeyFields(cursor)
  return { name, key, caps }
}
