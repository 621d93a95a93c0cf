import { BufferEncoder, BufferList, type Codec } from '@msgr/bufferlist'
import { CryptoKey, KeyType, PrincipalName, type RandomBytes } from '@msgr/auth'

// What the targets of authentication share: keys that both ends know, so that made-up bytes can be sealed as only a peer
// that is let in could seal them; and the layout of an input.

/** All conversations take place at this moment. */
export const NOW_MS = 1_700_000_000_000

const MAX_PIECES = 16
/** What goes before a sealed value: version and magic number. */
const SEAL_HEADER = Uint8Array.from(Buffer.from('0155aa2688ad9c00ff', 'hex'))

export const CLIENT_NAME: PrincipalName = PrincipalName.parse('client.admin')

/** Something that a peer does, of a kind that a small number names. */
export interface Piece {
  readonly op: number
  readonly bytes: Uint8Array
}

/** The pieces of an input: op u8, length u16, bytes; the last one may be shorter than it says. */
export function piecesOf(bytes: Uint8Array): Piece[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const pieces: Piece[] = []
  for (let at = 0; at + 3 <= bytes.length && pieces.length < MAX_PIECES;) {
    const length = view.getUint16(at + 1, true)
    pieces.push({ op: view.getUint8(at), bytes: bytes.slice(at + 3, at + 3 + length) })
    at += 3 + length
  }
  return pieces
}

/** The other way around. */
export function inputOf(pieces: readonly Piece[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap(({ op, bytes }) => [op, bytes.length & 0xff, bytes.length >> 8, ...bytes]))
}

/** Bytes that look random and are the same each time. */
export function fixedRandom(seed: number): RandomBytes {
  let state = seed
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 0x0001_9660) + 0x3c6e_f35f) >>> 0
      return state >>> 24
    })
}

/** A key that is the same each time. */
export function fixedKey(seed: number, type: number): CryptoKey {
  return new CryptoKey({ type, secret: fixedRandom(seed)(type === KeyType.aes ? 16 : 32) })
}

/** Seals made-up bytes as if they were a value. */
export function sealRaw(key: CryptoKey, usage: number, bytes: Uint8Array): Uint8Array {
  return key.encrypt(usage, Uint8Array.from([...SEAL_HEADER, ...bytes]), fixedRandom(9))
}

/** The bytes of a value. */
export function encoded<T>(codec: Codec<T>, value: T): Uint8Array {
  const encoder = new BufferEncoder()
  codec.encode(encoder, value)
  return encoder.toBufferList().toContiguous()
}

/** The value at the start of the bytes. */
export function decoded<T>(codec: Codec<T>, bytes: Uint8Array): T {
  return codec.decode(new BufferList(bytes).cursor())
}
