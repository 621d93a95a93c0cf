import {
  decodeEntityAddr,
  decodeEntityAddrVec,
  decodeEntityInst,
  decodeEntityName,
  encodeEntityAddr,
  encodeEntityAddrVec,
  encodeEntityInst,
  encodeEntityName,
  EntityAddr,
  EntityAddrVec,
  EntityName,
  FEATURES_ALL,
  formatEntityInst,
  LEGACY_ADDR_SIZE,
  readLegacyAddr,
  writeLegacyAddr,
} from '@msgr/message'
import fc from 'fast-check'
import { arbitraryU32 } from '../arbitrary-frames.ts'
import { outcomeOf } from '../documented-error.ts'
import { promise } from '../errors.ts'
import { readHexFiles } from '../hex-file.ts'
import { reread } from '../reread.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'
import { concat, legacyAddr } from '../v1-stream.ts'

// An input: which kind, and how it is cut; then its bytes.

const SETUP_LENGTH = 2

type Reader = (bytes: Uint8Array, cutSeed: number) => Trace

/** What an address says of itself can always be said, and taken back where it is all there is to it. */
function examine(addr: EntityAddr): void {
  const text = addr.toString()
  const twin = addr.with({})
  promise(addr.equals(twin) && addr.key === twin.key, () => `${text} does not equal itself`)
  if (addr.type === 'none' || addr.type === 'any' || addr.family === 'none') return
  const parsed = EntityAddr.parse(text).with({ flowInfo: addr.flowInfo, scopeId: addr.scopeId })
  promise(parsed.equals(addr), () => `${text} is not read back from its text`)
}

const readers: readonly Reader[] = [
  addrReader(0n),
  addrReader(FEATURES_ALL),
  vecReader(0n),
  vecReader(FEATURES_ALL),
  (bytes, cutSeed) =>
    reread(
      {
        decode: (cursor) => {
          const inst = decodeEntityInst(cursor)
          formatEntityInst(inst)
          return inst
        },
        encode: (encoder, inst) => {
          encodeEntityInst(encoder, inst, FEATURES_ALL)
        },
      },
      bytes,
      cutSeed,
    ),
  (bytes, cutSeed) => reread({ decode: decodeEntityName, encode: encodeEntityName }, bytes, cutSeed),
  readLegacy,
  textReader((text) => EntityAddr.parse(text).toString()),
  textReader((text) => EntityAddrVec.parse(text).toString()),
  textReader((text) => EntityName.parse(text).toString()),
]

function addrReader(features: bigint): Reader {
  return (bytes, cutSeed) =>
    reread(
      {
        decode: (cursor) => {
          const addr = decodeEntityAddr(cursor)
          examine(addr)
          return addr
        },
        encode: (encoder, addr) => {
          encodeEntityAddr(encoder, addr, features)
        },
      },
      bytes,
      cutSeed,
    )
}

function vecReader(features: bigint): Reader {
  return (bytes, cutSeed) =>
    reread(
      {
        decode: (cursor) => {
          const vec = decodeEntityAddrVec(cursor)
          for (const addr of vec) examine(addr)
          vec.toString()
          return vec
        },
        encode: (encoder, vec) => {
          encodeEntityAddrVec(encoder, vec, features)
        },
        // A peer without features is told one address, which must be of version 1.
        isLossy: features === 0n,
      },
      bytes,
      cutSeed,
    )
}

/** The handshake's form, which its reader has counted the bytes of. */
function readLegacy(bytes: Uint8Array): Trace {
  const trace = new Trace(1)
  if (bytes.length < LEGACY_ADDR_SIZE) return trace
  const addr = readLegacyAddr(bytes, bytes.length - LEGACY_ADDR_SIZE)
  examine(addr)
  const written = new Uint8Array(LEGACY_ADDR_SIZE)
  writeLegacyAddr(addr, written, 0)
  const same = readLegacyAddr(written, 0)
  promise(same.equals(addr) || addr.family === 'none', () => `${addr.toString()} is read back as ${same.toString()}`)
  trace.note(`${addr.type} ${addr.family}`)
  return trace
}

/** Text, whatever bytes it is made of, is read or refused with an `AddressError`; what is read prints and is read back. */
function textReader(normalize: (text: string) => string): Reader {
  return (bytes) => {
    const trace = new Trace(1)
    const outcome = outcomeOf(() => normalize(Buffer.from(bytes).toString('latin1')))
    trace.note(outcome.failure === undefined ? outcome.value.replaceAll(/[0-9a-f]+/g, '0') : 'refused')
    if (outcome.failure !== undefined || outcome.value.includes('?')) return trace
    const again = normalize(outcome.value)
    promise(again === outcome.value, () => `${outcome.value} is read back as ${again}`)
    return trace
  }
}

const TEXTS = [
  'v1:127.0.0.1:6800/4021',
  '[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]',
  'v2:[::1]:1/2',
  'osd.3',
  '-',
  '[fe80::1]',
  '::ffff:1.2.3.4',
]
const FAMILY_FORMS = fc.constantFrom(0, 2, 10, 1, 0xffff)

/** An address in its new form, nearly right. */
const arbitraryStruct = fc
  .record({
    version: fc.constantFrom(1, 1, 1, 2),
    compat: fc.constantFrom(1, 1, 1, 2),
    length: fc.constantFrom(28, 28, 40, 12, 0, 0xffff_ffff),
    type: fc.oneof(fc.nat(4), arbitraryU32),
    nonce: arbitraryU32,
    size: fc.oneof(fc.constantFrom(16, 28, 0, 2, 1, 29, 17), arbitraryU32),
    family: FAMILY_FORMS,
    rest: fc.uint8Array({ maxLength: 30 }),
  })
  .map(({ version, compat, length, type, nonce, size, family, rest }) => {
    const bytes = new Uint8Array(21)
    const view = new DataView(bytes.buffer)
    bytes.set([1, version, compat])
    view.setUint32(3, length, true)
    view.setUint32(7, type, true)
    view.setUint32(11, nonce, true)
    view.setUint32(15, size, true)
    view.setUint16(19, family, true)
    return concat(bytes, rest)
  })

const arbitraryAddr = fc.oneof(
  { weight: 3, arbitrary: arbitraryStruct },
  fc.record({ port: fc.nat(0xffff), nonce: arbitraryU32, family: FAMILY_FORMS }).map(legacyAddr),
)

const arbitraryVec = fc
  .tuple(fc.oneof(fc.nat(4), arbitraryU32), fc.array(arbitraryAddr, { maxLength: 4 }))
  .map(([count, addrs]) =>
    concat(Uint8Array.of(2), Uint8Array.from(Buffer.from(Uint32Array.of(count).buffer)), ...addrs),
  )

/** Addresses and names in all their encodings, in payloads, in the handshake and as text. */
export const addresses: Target = {
  name: 'addresses',
  seeds: () => {
    const encoded = readHexFiles('packages/message/test/golden', /^(addr|mon-inst|mon-own-addr|monmap-addrs)/)
    const texts = TEXTS.map((text) => Uint8Array.from(Buffer.from(text)))
    return [...encoded, ...texts].flatMap((bytes) =>
      [...readers.keys()].map((kind) => concat(Uint8Array.of(kind, kind), bytes)),
    )
  },
  structured: fc
    .tuple(
      fc.nat(readers.length - 1),
      fc.nat(255),
      fc.oneof(
        arbitraryAddr,
        arbitraryVec,
        fc.constantFrom(...TEXTS).map((text) => Uint8Array.from(Buffer.from(text))),
      ),
    )
    .map(([kind, seed, bytes]) => concat(Uint8Array.of(kind, seed), bytes)),
  maxAllocatedBytes: (inputLength) => 128 * 1024 + 1024 * inputLength,
  run: (bytes) => {
    const kind = (bytes[0] ?? 0) % readers.length
    const trace = readers[kind]?.(bytes.subarray(SETUP_LENGTH), (bytes[1] ?? 0) + 1)
    trace?.note(kind)
    return trace?.signature ?? 0
  },
}
