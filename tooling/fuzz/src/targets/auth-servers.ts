import {
  type AuthAnswer,
  AuthClient,
  AuthMethod,
  type AuthorizerAcceptance,
  AuthService,
  authorizeCodec,
  cephxAuthorizerCodec,
  challengeCodec,
  challengeProof,
  type CryptoKey,
  Keyring,
  KeyServer,
  KeyUsage,
  loginStartCodec,
  type MonAcceptance,
  PrincipalName,
  RotatingKeys,
  seal,
  serviceTicketInfoCodec,
  sessionKeyRequestCodec,
  unseal,
} from '@msgr/auth'
import { EntityType } from '@msgr/message'
import fc from 'fast-check'
import {
  CLIENT_NAME,
  decoded,
  encoded,
  fixedKey,
  fixedRandom,
  inputOf,
  NOW_MS,
  type Piece,
  piecesOf,
  sealRaw,
} from '../auth-parts.ts'
import { promise } from '../errors.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'

// An input: the setup, of which bit 0 chooses the server and bit 1 the kind of its keys; then pieces, each of which is
// shown to the server as it is, or sealed by somebody who has the keys to do so.

const SETUP_LENGTH = 1
const GLOBAL_ID = 4100n
const BEGIN_LOGIN = Uint8Array.of(0, 1)
/** A server answers with tickets and secrets of its own, but not with what it was sent. */
const MAX_ANSWER_BYTES = 4096

/** Who logs in to the monitor: an OSD may ask for more than a client. */
const DAEMON_NAME = PrincipalName.parse('osd.0')

/** What a server does with a piece: a word for it. */
type Server = (piece: Piece) => string

function openServer(setup: number): Server {
  const type = (setup & 2) === 0 ? 1 : 2
  return (setup & 1) === 0 ? openService(type) : openMonitor(type)
}

/** Whom clients of a monitor show their tickets to. */
function openService(type: number): Server {
  const random = fixedRandom(1)
  const secrets = new RotatingKeys()
  secrets.rotate(NOW_MS, 3600, { type, random })
  const methods = [AuthMethod.cephx, AuthMethod.none]
  const acceptance = new AuthService(EntityType.osd, { secrets, methods, random }).accept()
  const show = showerTo(acceptance, secrets, fixedKey(2, type))
  return ({ op, bytes }) => wordFor(show(op % 6, bytes))
}

function showerTo(
  acceptance: AuthorizerAcceptance,
  secrets: RotatingKeys,
  sessionKey: CryptoKey,
): (op: number, bytes: Uint8Array) => AuthAnswer {
  let challenge: bigint | undefined
  const { current } = secrets
  if (current === undefined) throw new Error('expected a secret after a rotation, got none')
  const created = { seconds: NOW_MS / 1000, nanoseconds: 0 }
  const expires = { seconds: NOW_MS / 1000 + 3600, nanoseconds: 0 }
  const ticket = {
    name: CLIENT_NAME,
    globalId: GLOBAL_ID,
    created,
    expires,
    caps: { allowAll: false, caps: 'allow r' },
  }
  const ofService = { key: current.key, usage: KeyUsage.ticketInfo }
  const info = seal(ofService, serviceTicketInfoCodec, { ticket, sessionKey }, fixedRandom(3))
  const authorizer = (sealed: Uint8Array, sealedAuthorize: Uint8Array): Uint8Array =>
    encoded(cephxAuthorizerCodec, {
      globalId: GLOBAL_ID,
      serviceId: EntityType.osd,
      ticket: { secretId: current.id, sealed },
      sealedAuthorize,
    })
  const authorize = (): Uint8Array =>
    seal({ key: sessionKey, usage: KeyUsage.authorize }, authorizeCodec, { nonce: 5n, challenge }, fixedRandom(4))
  const payloadOf = (op: number, bytes: Uint8Array): Uint8Array => {
    switch (op) {
      case 2:
        return authorizer(sealRaw(current.key, KeyUsage.ticketInfo, bytes), authorize())
      case 3:
        return authorizer(info, sealRaw(sessionKey, KeyUsage.authorize, bytes))
      case 4:
        return authorizer(info, bytes)
      case 5:
        return authorizer(info, authorize())
      default:
        return bytes
    }
  }
  return (op, bytes) => {
    const method = op === 1 ? AuthMethod.none : AuthMethod.cephx
    const answer = acceptance.receive(method, payloadOf(op, bytes), { nowMs: NOW_MS, connectionSecretLength: 64 })
    if (answer.kind === 'more') {
      challenge = unseal({ key: sessionKey, usage: KeyUsage.authorizerChallenge }, challengeCodec, answer.payload)
    }
    return answer
  }
}

/** A monitor, from the first payload of a login to requests in an open session. */
function openMonitor(type: number): Server {
  const key = fixedKey(5, type)
  const keyring = new Keyring().set({ name: DAEMON_NAME, key, caps: new Map([['mon', 'allow r']]) })
  const options = { methods: [AuthMethod.cephx, AuthMethod.none], random: fixedRandom(6), rotatingKeyType: type }
  const acceptance = new KeyServer(keyring, options).accept()
  let challenge = 0n
  return ({ op, bytes }) => {
    const answer = askMonitor(acceptance, { op: op % 8, bytes }, { key, challenge })
    if (answer.kind === 'more') challenge = decoded(challengeCodec, answer.payload)
    return wordFor(answer)
  }
}

function askMonitor(
  acceptance: MonAcceptance,
  { op, bytes }: Piece,
  { key, challenge }: { readonly key: CryptoKey; readonly challenge: bigint },
): AuthAnswer | { readonly kind: 'message'; readonly payload: Uint8Array; readonly result: number } {
  const circumstances = { nowMs: NOW_MS, connectionSecretLength: 64 }
  switch (op) {
    case 0:
      return acceptance.request(AuthMethod.cephx, bytes)
    case 1:
      return acceptance.request(AuthMethod.none, bytes)
    case 2:
      return acceptance.offer(bytes).answer
    case 3:
      return acceptance.requestMore(bytes, circumstances)
    case 4:
      return { kind: 'message', ...acceptance.message(bytes, NOW_MS) }
    case 5:
      return acceptance.request(
        AuthMethod.cephx,
        encoded(loginStartCodec, { authMode: 10, name: DAEMON_NAME, globalId: (bytes[0] ?? 0) > 127 ? GLOBAL_ID : 0n }),
      )
    default:
      return acceptance.requestMore(rightProof({ op, bytes }, key, challenge), circumstances)
  }
}

/** Proves that one knows the key; what else is in the request is made up. */
function rightProof({ op, bytes }: Piece, key: CryptoKey, challenge: bigint): Uint8Array {
  const proof = challengeProof(key, { server: challenge, client: 7n })
  const [version = 3, otherKeys = 0x24] = bytes
  const oldTicket = { secretId: BigInt(bytes[2] ?? 0), sealed: op === 6 ? new Uint8Array(0) : bytes.subarray(3) }
  const request = { version: Math.max(1, version % 5), clientChallenge: 7n, proof, oldTicket, otherKeys }
  return Uint8Array.from([0, 1, ...encoded(sessionKeyRequestCodec, request)])
}

function wordFor(answer: ReturnType<typeof askMonitor>): string {
  if (answer.kind === 'refused') return `refused ${answer.result}`
  const { length } = answer.payload
  promise(length <= MAX_ANSWER_BYTES, () => `an answer of ${length} bytes: expected at most ${MAX_ANSWER_BYTES}`)
  return answer.kind === 'message' ? `message ${answer.result} ${length > 0}` : answer.kind
}

/** What real clients say. */
function seedPieces(): { readonly setup: number; readonly pieces: readonly Piece[] }[] {
  const nothing = new Uint8Array(0)
  return [1, 2].flatMap((type) => {
    const setup = 2 * (type - 1)
    const client = new AuthClient(DAEMON_NAME, { key: fixedKey(5, type), random: fixedRandom(8) })
    const start = client.login(NOW_MS).request().payload
    const steps = [
      { op: 5, bytes: BEGIN_LOGIN },
      { op: 6, bytes: Uint8Array.of(3, 0x2f) },
    ]
    return [
      {
        setup,
        pieces: [
          { op: 5, bytes: nothing },
          { op: 5, bytes: nothing },
        ],
      },
      { setup, pieces: [{ op: 3, bytes: encoded(authorizeCodec, { nonce: 1n, challenge: undefined }) }] },
      {
        setup,
        pieces: [
          { op: 2, bytes: Uint8Array.of(1, 2) },
          { op: 4, bytes: nothing },
        ],
      },
      { setup, pieces: [{ op: 1, bytes: encoded(loginStartCodec, { authMode: 1, name: CLIENT_NAME, globalId: 1n }) }] },
      {
        setup: setup + 1,
        pieces: [
          { op: 0, bytes: start },
          { op: 6, bytes: Uint8Array.of(3, 0x2f) },
        ],
      },
      {
        setup: setup + 1,
        pieces: [...steps, { op: 4, bytes: Uint8Array.of(0, 4) }, { op: 4, bytes: Uint8Array.of(0, 2) }],
      },
      {
        setup: setup + 1,
        pieces: [
          { op: 1, bytes: start },
          { op: 2, bytes: start },
          { op: 7, bytes: start },
        ],
      },
    ]
  })
}

const arbitraryPieces = fc.array(
  fc.record({ op: fc.nat(15), bytes: fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(new Uint8Array(0))) }),
  { maxLength: 8 },
)

/** What servers are shown by those who want to be let in. Nothing that anybody shows makes them throw. */
export const authServers: Target = {
  name: 'auth-servers',
  seeds: () => seedPieces().map(({ setup, pieces }) => Uint8Array.from([setup, ...inputOf(pieces)])),
  structured: fc
    .tuple(fc.nat(3), arbitraryPieces)
    .map(([setup, pieces]) => Uint8Array.from([setup, ...inputOf(pieces)])),
  maxAllocatedBytes: (inputLength) => 1024 * 1024 + 1024 * inputLength,
  run: (bytes) => {
    const trace = new Trace(64)
    const setup = (bytes[0] ?? 0) & 3
    trace.note(setup)
    const server = openServer(setup)
    for (const piece of piecesOf(bytes.subarray(SETUP_LENGTH))) {
      trace.step(piece.op)
      trace.note(server(piece))
    }
    return trace.signature
  },
}
