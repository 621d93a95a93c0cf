import {
  authorizeCodec,
  authorizeReplyCodec,
  authTicketCodec,
  capsInfoCodec,
  cephxAuthorizerCodec,
  challengeCodec,
  cryptoKeyCodec,
  Keyring,
  KeyringError,
  loginOfferCodec,
  loginStartCodec,
  principalNameCodec,
  rotatingSecretsCodec,
  serviceTicketCodec,
  serviceTicketInfoCodec,
  sessionKeyReplyCodec,
  sessionKeyRequestCodec,
  ticketBlobCodec,
  ticketReplyCodec,
  ticketsRequestCodec,
} from '@msgr/auth'
import type { Codec } from '@msgr/bufferlist'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { arbitraryU32, arbitraryU64 } from '../arbitrary-frames.ts'
import { CLIENT_NAME, encoded, fixedKey } from '../auth-parts.ts'
import { promise } from '../errors.ts'
import { readHexFiles, workspacePath } from '../hex-file.ts'
import { readingOf, reread } from '../reread.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'
import { concat } from '../v1-stream.ts'

// An input: which kind, and how it is cut; then its bytes.

const SETUP_LENGTH = 2
const GOLDEN = 'packages/auth/test/golden'

type Reader = (bytes: Uint8Array, cutSeed: number) => Trace

function readerOf<T>(codec: Codec<T>): Reader {
  return (bytes, cutSeed) => reread(readingOf(codec), bytes, cutSeed)
}

const readers: readonly Reader[] = [
  readKeyring,
  readerOf(authorizeCodec),
  readerOf(authorizeReplyCodec),
  readerOf(authTicketCodec),
  readerOf(capsInfoCodec),
  readerOf(cephxAuthorizerCodec),
  readerOf(challengeCodec),
  readerOf(cryptoKeyCodec),
  readerOf(loginOfferCodec),
  readerOf(loginStartCodec),
  readerOf(principalNameCodec),
  readerOf(rotatingSecretsCodec),
  readerOf(serviceTicketCodec),
  readerOf(serviceTicketInfoCodec),
  readerOf(sessionKeyReplyCodec),
  readerOf(sessionKeyRequestCodec),
  readerOf(ticketBlobCodec),
  readerOf(ticketReplyCodec),
  readerOf(ticketsRequestCodec),
]

/**
 * A keyring, as text or of the old binary kind, is read or refused; what is read is written, and read back. What cannot
 * be written in such a way is refused too.
 */
function readKeyring(bytes: Uint8Array): Trace {
  const trace = new Trace(1)
  let text: string
  try {
    const keyring = Keyring.parse(bytes)
    trace.note(Math.min(keyring.size, 4))
    text = keyring.format()
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error
    // Without what stands in quotes or brackets, and without numbers.
    trace.note(error.message.replaceAll(/"[^"]*"|\[[^\]]*\]|\d+|, got .*/gs, ''))
    return trace
  }
  const again = Keyring.parse(text).format()
  promise(again === text, () => `a keyring is read back otherwise:\n${text}\nand then:\n${again}`)
  return trace
}

function keyringSeeds(): Uint8Array[] {
  const names = ['authtool.keyring', 'by-hand.keyring', 'by-hand-listed.keyring']
  const texts = names.map((name) => Uint8Array.from(readFileSync(workspacePath(`${GOLDEN}/${name}`))))
  return [...texts, ...readHexFiles(GOLDEN, /^binary-keyring/)]
}

const key = fixedKey(1, 1)
const utimeOfOne = { seconds: 1, nanoseconds: 2 }
const blob = { secretId: 3n, sealed: Uint8Array.of(1, 2, 3) }
const caps = { allowAll: false, caps: 'allow *' }
const ticket = { name: CLIENT_NAME, globalId: 4100n, created: utimeOfOne, expires: utimeOfOne, caps }
const authorizer = { globalId: 1n, serviceId: 4, ticket: blob, sealedAuthorize: Uint8Array.of(9) }
const grant = { serviceId: 4, sealedTicket: Uint8Array.of(7), isBlobSealed: false, blob: Uint8Array.of(8) }

/** One of each kind, in the order of the readers. */
function encodedSeeds(): Uint8Array[] {
  return [
    encoded(authorizeCodec, { nonce: 1n, challenge: 2n }),
    encoded(authorizeReplyCodec, { noncePlusOne: 1n, connectionSecret: new Uint8Array(64) }),
    encoded(authTicketCodec, ticket),
    encoded(capsInfoCodec, caps),
    encoded(cephxAuthorizerCodec, authorizer),
    encoded(challengeCodec, 5n),
    encoded(cryptoKeyCodec, key),
    encoded(loginOfferCodec, { methods: [2, 1], name: CLIENT_NAME, globalId: 1n }),
    encoded(loginStartCodec, { authMode: 10, name: CLIENT_NAME, globalId: 1n }),
    encoded(principalNameCodec, CLIENT_NAME),
    encoded(rotatingSecretsCodec, { secrets: new Map([[1n, { key, expiration: utimeOfOne }]]), maxVersion: 1n }),
    encoded(serviceTicketCodec, { sessionKey: key, validity: utimeOfOne }),
    encoded(serviceTicketInfoCodec, { ticket, sessionKey: key }),
    encoded(sessionKeyReplyCodec, { tickets: [grant], connectionSecret: new Uint8Array(48), extraTickets: [grant] }),
    encoded(sessionKeyRequestCodec, { version: 3, clientChallenge: 1n, proof: 2n, oldTicket: blob, otherKeys: 5 }),
    encoded(ticketBlobCodec, blob),
    encoded(ticketReplyCodec, [grant, grant]),
    encoded(ticketsRequestCodec, { authorizer, services: 5 }),
  ]
}

const u32Bytes = arbitraryU32.map((value) => Uint8Array.from(Buffer.from(Uint32Array.of(value).buffer)))
const u64Bytes = arbitraryU64.map((value) => Uint8Array.from(Buffer.from(BigUint64Array.of(value).buffer)))
const someKeyring = fc
  .array(
    fc.oneof(
      fc.constantFrom('[client.admin]', '[osd.0]', '[global]', 'key = AQCrbTFZAAAAABAAFx9ZFNLqQ0bZ3eNnXRpm4w==', 'x'),
      fc.string({ maxLength: 12, unit: 'binary' }).map((value) => `caps mon = "${value}"`),
      fc.string({ maxLength: 12 }).map((value) => `\tcaps osd = ${value}`),
      fc.constantFrom('# comment', ';', '\\', 'auid = 1', 'key', '"', 'caps = x', 'caps mds=allow \\# it'),
    ),
    { maxLength: 8 },
  )
  .map((lines) => Uint8Array.from(Buffer.from(lines.join('\n'))))

/** Everything that authentication sends, seals or stores. */
export const authCodecs: Target = {
  name: 'auth-codecs',
  seeds: () => {
    const values = encodedSeeds().map((bytes, i) => concat(Uint8Array.of(i + 1, i), bytes))
    return [...keyringSeeds().map((bytes) => concat(Uint8Array.of(0, 0), bytes)), ...values]
  },
  structured: fc
    .tuple(
      fc.nat(readers.length - 1),
      fc.nat(255),
      fc.oneof(
        fc
          .array(fc.oneof(u32Bytes, u64Bytes, fc.uint8Array({ maxLength: 8 })), { maxLength: 10 })
          .map((parts) => concat(...parts)),
        fc.constantFrom(...encodedSeeds()),
        someKeyring,
      ),
    )
    .map(([kind, seed, bytes]) => concat(Uint8Array.of(kind, seed), bytes)),
  maxAllocatedBytes: (inputLength) => 256 * 1024 + 1024 * inputLength,
  run: (bytes) => {
    const kind = (bytes[0] ?? 0) % readers.length
    const trace = readers[kind]?.(bytes.subarray(SETUP_LENGTH), (bytes[1] ?? 0) + 1)
    trace?.note(kind)
    return trace?.signature ?? 0
  },
}
