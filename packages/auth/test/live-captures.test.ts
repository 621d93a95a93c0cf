import { EntityType } from '@msgr/message'
import { FrameTag } from '@msgr/msgr-protocol'
import { describe, expect, test } from 'vitest'
import {
  AuthClient,
  authorizeCodec,
  challengeCodec,
  challengeProof,
  cephxAuthorizerCodec,
  Keyring,
  KeyServer,
  KeyType,
  KeyUsage,
  PrincipalName,
  SealError,
  SessionSecurity,
  sessionKeyRequestCodec,
  unseal,
  type AuthSession,
  type CryptoKey,
} from '../src/index.ts'
import { cursorOf, readCapture, type CapturedFrame, type LiveCapture } from './live-capture.ts'

// What real clients and daemons said to each other, recomputed from the client's key alone: both ends' proofs, the
// keys they agreed on, the signatures of the handshake, and every frame of either end as our own writer says it.

const NOW = 1_800_000_000_000
const ADMIN = PrincipalName.parse('client.admin')
const SECRET_LENGTH = { crc: 0, secure: 64 } as const

type Mode = keyof typeof SECRET_LENGTH

interface Request {
  readonly method: number
  readonly modes: readonly number[]
  readonly payload: Uint8Array
}

/** A list of u32 and sized bytes, as AUTH_REQUEST and AUTH_DONE have them. */
function readRequest(frame: Uint8Array): Request {
  const cursor = cursorOf(frame)
  const method = cursor.readUInt32LE()
  const modes = Array.from({ length: cursor.readUInt32LE() }, () => cursor.readUInt32LE())
  return { method, modes, payload: cursor.readSizedBytes() }
}

function readDone(frame: Uint8Array): { globalId: bigint; mode: number; payload: Uint8Array } {
  const cursor = cursorOf(frame)
  return { globalId: cursor.readBigUInt64LE(), mode: cursor.readUInt32LE(), payload: cursor.readSizedBytes() }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value, true)
  return bytes
}

/** The login of a capture, made again by our client, which draws the number that was drawn then. */
function logInAgain({ key, client, daemon }: LiveCapture): {
  ours: AuthClient
  session: AuthSession
  mode: number
  modes: readonly number[]
} {
  for (const side of [client, daemon]) side.expect(FrameTag.hello)
  const { method, modes, payload } = readRequest(client.expect(FrameTag.authRequest))
  expect(method).toBe(2)
  const challenge = cursorOf(daemon.expect(FrameTag.authReplyMore)).readSizedBytes()
  const more = cursorOf(client.expect(FrameTag.authRequestMore)).readSizedBytes()
  const request = sessionKeyRequestCodec.decode(cursorOf(more.subarray(2)))

  const challenges = { server: challengeCodec.decode(cursorOf(challenge)), client: request.clientChallenge }
  expect(challengeProof(key, challenges)).toBe(request.proof)
  const random = (length: number): Uint8Array => u64(request.clientChallenge).subarray(0, length)
  const ours = new AuthClient(ADMIN, { key, random, wantedServices: request.otherKeys })
  const login = ours.login(NOW)
  expect(login.request()).toEqual({ method: 2, payload: Uint8Array.from(payload) })
  expect(hex(login.replyMore(challenge))).toBe(hex(more))

  const done = readDone(daemon.expect(FrameTag.authDone))
  const session = login.done({ globalId: done.globalId, payload: done.payload }, NOW)
  return { ours, session, mode: done.mode, modes }
}

/** The handshake after AUTH_DONE: signatures, and from here on ciphers if there are any. */
function checkSignatures({ client, daemon }: LiveCapture, session: AuthSession): void {
  for (const side of [client, daemon]) side.endTranscript()
  const security = SessionSecurity.of(session)
  const byDialler = [security?.frameCipher('2.1', 'dial'), security?.frameCipher('2.1', 'dial')]
  const byAcceptor = [security?.frameCipher('2.1', 'accept'), security?.frameCipher('2.1', 'accept')]
  // What one end sealed the other opens; and is sealed again with nonces that begin anew.
  if (byAcceptor[0] && byDialler[0]) client.useCiphers(byAcceptor[0], byDialler[0])
  if (byDialler[1] && byAcceptor[1]) daemon.useCiphers(byDialler[1], byAcceptor[1])
  const zeros = new Uint8Array(32)
  const expected = [daemon, client].map(({ transcript }) => security?.signTranscript(transcript) ?? zeros)
  const found = [client, daemon].map((side) => side.expect(FrameTag.authSignature))
  expect(found.map(hex)).toEqual(expected.map(hex))
}

/** The rest of both ends, and that our writer says all of it just so. */
function checkFrames({ client, daemon }: LiveCapture): { client: CapturedFrame[]; daemon: CapturedFrame[] } {
  const frames = { client: client.rest(), daemon: daemon.rest() }
  expect(frames.client[0]?.tag).toBe(FrameTag.clientIdent)
  expect(frames.daemon[0]?.tag).toBe(FrameTag.serverIdent)
  for (const side of [client, daemon]) expect(hex(side.saidAgain)).toBe(hex(side.bytes))
  return frames
}

/** Which parts the messages had, of front, middle and data. */
function partsOf(frames: readonly CapturedFrame[]): string[] {
  return frames.flatMap(({ message }) => {
    if (message === undefined) return []
    const { frontLength, middleLength, dataLength } = message
    return `${message.type}:${[frontLength, middleLength, dataLength].map((length) => (length > 0 ? 1 : 0)).join('')}`
  })
}

describe.each([
  ['cephx-secure-then-crc', 'secure', 'crc'],
  ['cephx-crc-then-secure', 'crc', 'secure'],
] as const)('cephx, %s', (scene, monMode: Mode, osdMode: Mode) => {
  test(`a login of librados to a monitor, mode ${monMode}`, () => {
    const capture = readCapture(`live-mon-${scene}`)
    const { session, mode, modes } = logInAgain(capture)
    const number = monMode === 'crc' ? 1 : 2
    expect([modes, mode, session.connectionSecret.length]).toEqual([[number], number, SECRET_LENGTH[monMode]])
    checkSignatures(capture, session)
    const { client, daemon } = checkFrames(capture)
    // MMonSubscribe of the one, and among the rest MMonMap and MOSDMap of the other.
    expect(partsOf(client)).toContain('15:100')
    expect(partsOf(daemon)).toEqual(expect.arrayContaining(['4:100', '41:100']))
  })

  test(`a connection of librados to an OSD, mode ${osdMode}`, () => {
    const { ours } = logInAgain(readCapture(`live-mon-${scene}`))
    const capture = readCapture(`live-osd-${scene}`)
    const session = showAgain(capture, ours)
    expect(session.connectionSecret.length).toBe(SECRET_LENGTH[osdMode])
    checkSignatures(capture, session)
    const { client, daemon } = checkFrames(capture)
    // An MOSDOp with what is to be written in its data; an MOSDOpReply, and perhaps an MOSDMap.
    expect(partsOf(client)).toEqual(['42:101'])
    const written = client.find(({ tag }) => tag === FrameTag.message)?.message?.data.toContiguous()
    expect(Buffer.from(written ?? []).toString()).toBe('an object that was captured\n')
    expect(partsOf(daemon)).toContain('43:100')
  })

  test('a monitor of ours lets librados in by what it showed, and nobody with another key', () => {
    for (const isRight of [true, false]) {
      const { key, client, daemon } = readCapture(`live-mon-${scene}`)
      for (const side of [client, daemon]) side.expect(FrameTag.hello)
      const { method, payload } = readRequest(client.expect(FrameTag.authRequest))
      const challenge = cursorOf(daemon.expect(FrameTag.authReplyMore)).readSizedBytes()
      const more = cursorOf(client.expect(FrameTag.authRequestMore)).readSizedBytes()
      const keyring = new Keyring()
      keyring.generate(ADMIN, { mon: 'allow *' }, isRight ? key : readCapture('live-mon-none').key)
      // It draws the number that the real one drew.
      const drawn = u64(challengeCodec.decode(cursorOf(challenge)))
      const random = (length: number): Uint8Array => (length === 8 ? drawn : new Uint8Array(length).fill(7))
      const session = new KeyServer(keyring, { rotatingKeyType: KeyType.aes, random }).accept()
      expect(session.request(method, payload)).toEqual({ kind: 'more', payload: Uint8Array.from(challenge) })
      const answer = session.requestMore(more, { nowMs: NOW, connectionSecretLength: SECRET_LENGTH[monMode] })
      expect(answer.kind).toBe(isRight ? 'accepted' : 'refused')
    }
  })

  test('an answer of a real monitor is nothing to a client with another key', () => {
    const { client, daemon } = readCapture(`live-mon-${scene}`)
    for (const side of [client, daemon]) side.expect(FrameTag.hello)
    const challenge = cursorOf(daemon.expect(FrameTag.authReplyMore)).readSizedBytes()
    const done = readDone(daemon.expect(FrameTag.authDone))
    const login = new AuthClient(ADMIN, { key: readCapture('live-mon-none').key }).login(NOW)
    login.replyMore(challenge)
    expect(() => login.done(done, NOW)).toThrow(SealError)
  })
})

/** The proof to an OSD, made again by our client with the ticket of its login and the nonce that was drawn then. */
function showAgain({ client, daemon }: LiveCapture, ours: AuthClient): AuthSession {
  for (const side of [client, daemon]) side.expect(FrameTag.hello)
  const { payload } = readRequest(client.expect(FrameTag.authRequest))
  const challenge = cursorOf(daemon.expect(FrameTag.authReplyMore)).readSizedBytes()
  const more = cursorOf(client.expect(FrameTag.authRequestMore)).readSizedBytes()
  const ticket = ours.tickets.get(EntityType.osd, NOW)
  if (ticket === undefined) throw new Error('expected a ticket for OSDs')
  const nonce = nonceOf(payload, ticket.sessionKey)
  const again = new AuthClient(ADMIN, { key: ticket.sessionKey, random: () => u64(nonce) })
  again.become(ours.globalId)
  again.tickets.put(ticket)
  const authorizer = again.authorizer(EntityType.osd, NOW)
  if (authorizer === undefined) throw new Error('expected an authorizer for OSDs')
  expect(hex(authorizer.payload)).toBe(hex(payload))
  expect(hex(authorizer.challenged(challenge))).toBe(hex(more))
  const { globalId, payload: reply } = readDone(daemon.expect(FrameTag.authDone))
  expect(globalId).toBe(ours.globalId)
  return authorizer.finish(reply)
}

function nonceOf(payload: Uint8Array, key: CryptoKey): bigint {
  const { sealedAuthorize } = cephxAuthorizerCodec.decode(cursorOf(payload))
  return unseal({ key, usage: KeyUsage.authorize }, authorizeCodec, sealedAuthorize).nonce
}

describe('method none', () => {
  test.each(['mon', 'osd'] as const)('a connection of librados to a %s', (daemonName) => {
    const capture = readCapture(`live-${daemonName}-none`)
    const { client, daemon } = capture
    for (const side of [client, daemon]) side.expect(FrameTag.hello)
    const { method, payload } = readRequest(client.expect(FrameTag.authRequest))
    const { globalId, payload: reply } = readDone(daemon.expect(FrameTag.authDone))
    expect([method, reply.length]).toEqual([1, 0])
    const ours = new AuthClient(ADMIN)
    if (daemonName === 'osd') ours.become(globalId)
    const shown =
      daemonName === 'mon' ? ours.login(NOW).request().payload : ours.authorizer(EntityType.osd, NOW)?.payload
    expect(hex(shown ?? new Uint8Array(0))).toBe(hex(payload))
    checkSignatures(capture, { sessionKey: undefined, connectionSecret: new Uint8Array(0) })
    const frames = checkFrames(capture)
    expect(partsOf(frames.client)).toContain(daemonName === 'mon' ? '15:100' : '42:101')
  })
})
