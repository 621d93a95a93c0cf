import {
  AuthClient,
  AuthMethod,
  AuthProtocolError,
  AuthRefusedError,
  challengeCodec,
  type ClientAuthorizer,
  type CryptoKey,
  FrameCipher,
  FrameCipherError,
  KeyUsage,
  type MonLogin,
  SealError,
  seal,
  sealGrant,
  sealedBytes,
  rotatingSecretsCodec,
  serviceTicketCodec,
  sessionKeyReplyCodec,
  ticketBlobCodec,
  type TicketGrant,
} from '@msgr/auth'
import { EntityType } from '@msgr/message'
import fc from 'fast-check'
import {
  CLIENT_NAME,
  encoded,
  fixedKey,
  fixedRandom,
  inputOf,
  NOW_MS,
  type Piece,
  piecesOf,
  sealRaw,
} from '../auth-parts.ts'
import { documentedCode } from '../documented-error.ts'
import { FuzzError, promise } from '../errors.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'

// An input: the setup, of which bit 0 chooses the kind of the keys and bit 1 the revision of frames; then pieces, each of
// which is what a monitor or a service says, as it is, or sealed by one that has the keys to do so.

const SETUP_LENGTH = 1
const GLOBAL_ID = 4100n
const SECRET = fixedRandom(20)(64)
const SESSION_KEY_REPLY = Uint8Array.of(0, 1, 0, 0, 0, 0)
const ROTATING_KEY_REPLY = Uint8Array.of(0, 4, 0, 0, 0, 0)
const NOTHING = new Uint8Array(0)
const SOME_BLOB = { secretId: 1n, sealed: Uint8Array.of(1, 2, 3) }
const VALIDITY = { seconds: 3600, nanoseconds: 0 }

/** What a client may throw, whatever it is told; for frames there is another error. */
const ERRORS = [AuthProtocolError, AuthRefusedError, SealError, FrameCipherError]

/** A client, with all that it has under way. */
class Fixture {
  readonly #key: CryptoKey
  readonly #sessionKey: CryptoKey
  readonly #client: AuthClient
  readonly #ofServer: FrameCipher
  readonly #cipher: FrameCipher
  #login: MonLogin
  #authorizer: ClientAuthorizer | undefined
  #hasFailedToOpen = false

  constructor(setup: number) {
    const type = (setup & 1) + 1
    const revision = (setup & 2) === 0 ? '2.1' : '2.0'
    this.#key = fixedKey(10, type)
    this.#sessionKey = fixedKey(11, type)
    this.#client = new AuthClient(CLIENT_NAME, {
      key: this.#key,
      methods: [AuthMethod.cephx, AuthMethod.none],
      random: fixedRandom(12),
    })
    this.#login = this.#client.login(NOW_MS)
    this.#cipher = new FrameCipher(SECRET, { role: 'dial', revision })
    this.#ofServer = new FrameCipher(SECRET, { role: 'accept', revision })
  }

  /** Lets the client have a piece. Returns a word for what it does. */
  take({ op, bytes }: Piece): string {
    const now = NOW_MS
    switch (op % 16) {
      case 0:
        return `${this.#login.replyMore(bytes).length}`
      case 1:
        return this.#done(bytes)
      case 2:
        return this.#login.reply({ protocol: op >> 4, result: 0, globalId: GLOBAL_ID, payload: bytes }, now).kind
      case 3:
        return `${this.#login.badMethod({ method: op >> 4, result: -13, allowedMethods: [...bytes] }).method}`
      case 4:
        return `${this.#login.replyMore(encoded(challengeCodec, 77n)).length}`
      case 5:
        return this.#doneWith({ tickets: [this.#grantOf({ op, bytes }, this.#key, EntityType.auth)] })
      case 6:
        return this.#doneWith({ extraTickets: [this.#grantOf({ op, bytes }, this.#sessionKey, EntityType.osd)] })
      case 7:
        return this.#doneWith({ secret: sealRaw(this.#sessionKey, KeyUsage.connectionSecret, bytes) })
      case 8:
        return this.#doneWith({ secret: this.#sealedSecret(bytes) })
      case 9:
        this.#login = this.#client.login(now)
        return 'again'
      case 10:
        this.#client.renewal(now + (op >> 4) * 3_000_000)?.receive(bytes, now)
        return 'renewed'
      case 11:
        return `${this.#client.rotatingSecrets().receive(bytes).secrets.size} secrets`
      case 12:
        return `${this.#client.rotatingSecrets().receive(this.#rotatingSecretsOf(bytes)).secrets.size} secrets`
      case 13:
        return this.#shown(bytes, op)
      default:
        return this.#frame(bytes, op)
    }
  }

  #done(payload: Uint8Array): string {
    const { connectionSecret } = this.#login.done({ globalId: GLOBAL_ID, payload }, NOW_MS)
    return `done ${connectionSecret.length > 0}`
  }

  /** A right reply to a login, but for some part of it. */
  #doneWith(parts: { tickets?: TicketGrant[]; extraTickets?: TicketGrant[]; secret?: Uint8Array }): string {
    const { tickets = [this.#ownGrant()], extraTickets = [], secret = NOTHING } = parts
    const reply = encoded(sessionKeyReplyCodec, { tickets, connectionSecret: secret, extraTickets })
    return this.#done(Uint8Array.from([...SESSION_KEY_REPLY, ...reply]))
  }

  #ownGrant(): TicketGrant {
    const ticket = { sessionKey: this.#sessionKey, validity: VALIDITY }
    const granted = { serviceId: EntityType.auth, ticket, blob: SOME_BLOB }
    return sealGrant(granted, { principalKey: this.#key }, fixedRandom(13))
  }

  /** A grant of which what its owner reads is made up, and at times what he hands on. */
  #grantOf({ op, bytes }: Piece, key: CryptoKey, serviceId: number): TicketGrant {
    const sealedTicket = sealRaw(key, KeyUsage.serviceTicket, bytes)
    switch ((op >> 4) % 3) {
      case 0:
        return { serviceId, sealedTicket, isBlobSealed: false, blob: encoded(ticketBlobCodec, SOME_BLOB) }
      case 1:
        return { serviceId, sealedTicket, isBlobSealed: false, blob: bytes }
      default:
        return {
          serviceId,
          sealedTicket,
          isBlobSealed: true,
          blob: sealRaw(this.#sessionKey, KeyUsage.ticketBlob, bytes),
        }
    }
  }

  #sealedSecret(bytes: Uint8Array): Uint8Array {
    return seal({ key: this.#sessionKey, usage: KeyUsage.connectionSecret }, sealedBytes, bytes, fixedRandom(14))
  }

  #rotatingSecretsOf(bytes: Uint8Array): Uint8Array {
    const sealed = sealRaw(this.#key, KeyUsage.rotatingSecrets, bytes)
    return Uint8Array.from([...ROTATING_KEY_REPLY, ...encoded(sealedBytes, sealed)])
  }

  /** What a service says to our proof. */
  #shown(bytes: Uint8Array, op: number): string {
    const authorizer = (this.#authorizer ??= this.#client.authorizer(EntityType.auth, NOW_MS))
    if (authorizer === undefined) return 'no ticket'
    switch ((op >> 4) % 5) {
      case 0:
        return `${authorizer.challenged(bytes).length}`
      case 1:
        return `${authorizer.challenged(sealRaw(this.#sessionKey, KeyUsage.authorizerChallenge, bytes)).length}`
      case 2:
        return `finished ${authorizer.finish(bytes).connectionSecret.length > 0}`
      case 3: {
        const sealed = sealRaw(this.#sessionKey, KeyUsage.authorizerReply, bytes)
        return `finished ${authorizer.finish(encoded(sealedBytes, sealed)).connectionSecret.length > 0}`
      }
      default:
        this.#authorizer = undefined
        return 'another'
    }
  }

  /** A frame: sealed by the server, so but changed, or as it is. Once one was wrong, none is right any more. */
  #frame(bytes: Uint8Array, op: number): string {
    const isChanged = (op & 17) === 17
    const isSealed = (op & 1) === 0
    const frame = isSealed || isChanged ? Uint8Array.from(Buffer.concat(this.#ofServer.seal([bytes]))) : bytes
    if (isChanged) frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 1
    try {
      const plain = this.#cipher.open(frame)
      promise(isSealed && !this.#hasFailedToOpen, () => `a frame of ${bytes.length} bytes was opened, but not sealed`)
      promise(Buffer.compare(plain, bytes) === 0, () => 'a frame is opened as another than was sealed')
      return 'opened'
    } catch (error) {
      if (error instanceof FuzzError) throw error
      promise(!isSealed || this.#hasFailedToOpen, () => 'a frame that the server sealed was not opened')
      this.#hasFailedToOpen = true
      throw error
    }
  }
}

function seedPieces(): Piece[][] {
  const ticket = encoded(serviceTicketCodec, { sessionKey: fixedKey(15, 1), validity: VALIDITY })
  const challenge = encoded(challengeCodec, 5n)
  const frame = Uint8Array.of(1, 2, 3)
  const expiring = { key: fixedKey(16, 2), expiration: VALIDITY }
  const secrets = encoded(rotatingSecretsCodec, { secrets: new Map([[1n, expiring]]), maxVersion: 1n })
  const loggedIn: Piece[] = [
    { op: 4, bytes: NOTHING },
    { op: 8, bytes: SECRET },
  ]
  return [
    [
      { op: 0, bytes: challenge },
      { op: 1, bytes: SESSION_KEY_REPLY },
    ],
    [
      { op: 4, bytes: NOTHING },
      { op: 5, bytes: ticket },
    ],
    [
      { op: 4, bytes: NOTHING },
      { op: 6, bytes: ticket },
    ],
    [...loggedIn, { op: 9, bytes: NOTHING }, { op: 4, bytes: NOTHING }, { op: 5, bytes: ticket }],
    [...loggedIn, { op: 13, bytes: challenge }, { op: 13 + 16, bytes: challenge }, { op: 13 + 48, bytes: challenge }],
    [...loggedIn, { op: 10, bytes: challenge }, { op: 10 + 16, bytes: challenge }],
    [
      { op: 2 + 32, bytes: challenge },
      { op: 2 + 32, bytes: challenge },
    ],
    [
      { op: 3 + 32, bytes: Uint8Array.of(1) },
      { op: 1, bytes: NOTHING },
    ],
    [
      { op: 11, bytes: ROTATING_KEY_REPLY },
      { op: 12, bytes: secrets },
    ],
    [
      { op: 14, bytes: frame },
      { op: 14, bytes: NOTHING },
      { op: 15 + 16, bytes: frame },
      { op: 14, bytes: frame },
    ],
  ]
}

const arbitraryPieces = fc.array(
  fc.record({
    op: fc.nat(255),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(...seedPieces().flatMap((pieces) => pieces.map(({ bytes }) => bytes))),
    ),
  }),
  { maxLength: 8 },
)

/** What a client is told by whoever answers it. It may find fault with it, but only by the errors that are for that. */
export const authClients: Target = {
  name: 'auth-clients',
  seeds: () =>
    [0, 1, 2, 3].flatMap((setup) => seedPieces().map((pieces) => Uint8Array.from([setup, ...inputOf(pieces)]))),
  structured: fc
    .tuple(fc.nat(3), arbitraryPieces)
    .map(([setup, pieces]) => Uint8Array.from([setup, ...inputOf(pieces)])),
  maxAllocatedBytes: (inputLength) => 1024 * 1024 + 1024 * inputLength,
  run: (bytes) => {
    const trace = new Trace(64)
    const setup = (bytes[0] ?? 0) & 3
    trace.note(setup)
    const fixture = new Fixture(setup)
    for (const piece of piecesOf(bytes.subarray(SETUP_LENGTH))) {
      trace.step(piece.op % 16)
      try {
        trace.note(fixture.take(piece))
      } catch (error) {
        if (!ERRORS.some((errorClass) => error instanceof errorClass)) throw error
        trace.note(documentedCode(error))
      }
    }
    return trace.signature
  },
}
