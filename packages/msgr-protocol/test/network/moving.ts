import { deserialize, serialize } from 'node:v8'
import { FooterFlag, type MessageFooter, type MessageHeader } from '@msgr/message'
import {
  type AcceptingState,
  type PortableSecurity,
  Session,
  type SessionOptions,
  type TransportSecurity,
} from '../../src/index.ts'
import { joined, toHex } from '../bytes.ts'
import { GcmCipher } from '../wire-v2/gcm-cipher.ts'

// How a handshake gets from one thread to another, without the threads.

type Copy = (state: AcceptingState) => AcceptingState

/** The ways of data from thread to thread. */
export const COPIES: Readonly<Record<'structuredClone' | 'serialize', Copy>> = {
  structuredClone: (state) => structuredClone(state),
  serialize: (state) => deserialize(serialize(state)) as AcceptingState,
}

/** The session that goes on with the handshake of one that waits for a decision. */
export function moveHandshake(
  session: Session,
  options: SessionOptions,
  { nowMs = 0, laterMs = nowMs, copy = COPIES.structuredClone }: { nowMs?: number; laterMs?: number; copy?: Copy } = {},
): Session {
  const state = session.exportAccepting(nowMs)
  if (state === undefined) throw new Error('expected a handshake that can be moved, got one that cannot')
  return Session.importAccepting(options, copy(state), restoreKeyed, laterMs)
}

/** Security of both versions with a key: one byte, from which all the rest follows. */
export function keyedBy(key: number): TransportSecurity {
  const secret = Uint8Array.from({ length: 64 }, (_, i) => (i * 7 + key) & 0xff)
  const signTranscript = (parts: readonly Uint8Array[]): Uint8Array => {
    const sum = joined(parts).reduce((total, byte, i) => (total * 31 + byte * (i + key)) >>> 0, key)
    const signature = new Uint8Array(32).fill(key)
    new DataView(signature.buffer).setUint32(0, sum, true)
    return signature
  }
  const signatureOf = (header: MessageHeader, footer: MessageFooter): number =>
    (Math.imul(header.crc ^ footer.frontCrc ^ footer.dataCrc, 2 * key + 1) + header.seq) >>> 0
  return {
    signTranscript,
    checkTranscript: (parts, signature) => toHex(signTranscript(parts)) === toHex(signature),
    frameCipher: (revision, role) => new GcmCipher(role, revision, secret),
    messageSigner: () => ({
      sign: (header, footer) => {
        footer.signatureLow = signatureOf(header, footer)
        footer.signatureHigh = key
        footer.flags |= FooterFlag.signed
      },
      check: (header, footer) => footer.signatureLow === signatureOf(header, footer) && footer.signatureHigh === key,
    }),
    portable: { module: 'test:keyed', data: { key: Uint8Array.of(key) } },
  }
}

export function restoreKeyed({ module, data }: PortableSecurity): TransportSecurity {
  if (module !== 'test:keyed') throw new Error(`expected the module of keyedBy, got ${module}`)
  return keyedBy((data as { key: Uint8Array }).key[0]!)
}
