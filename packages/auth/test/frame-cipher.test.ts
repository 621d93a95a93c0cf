import { crc32c } from '@msgr/bufferlist'
import { AesGcm, aesGcmAvailable } from '@msgr/posix'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AeadFactory,
  CONNECTION_SECRET_LENGTH,
  FRAME_TAG_LENGTH,
  FrameCipher,
  FrameCipherError,
} from '../src/index.ts'
import * as arbitrary from './arbitraries.ts'
import { readGolden } from './read-golden.ts'

const secret = Uint8Array.from({ length: CONNECTION_SECRET_LENGTH }, (_, i) => i)
const FLAG_COMPLETE = Uint8Array.of(0x0e)

const native: AeadFactory = (key) => new AesGcm(key)
/** What does the work at either end. */
const WAYS: [string, ofClient: AeadFactory | undefined, ofServer: AeadFactory | undefined][] = [
  ['node:crypto', undefined, undefined],
]
if (aesGcmAvailable()) {
  WAYS.push(['the shim', native, native], ['the shim, and the other by node:crypto', native, undefined])
  WAYS.push(['node:crypto, and the other by the shim', undefined, native])
}

function pair(
  revision: '2.0' | '2.1',
  { ofClient, ofServer }: { ofClient?: AeadFactory | undefined; ofServer?: AeadFactory | undefined } = {},
): { client: FrameCipher; server: FrameCipher } {
  return {
    client: new FrameCipher(secret, { role: 'dial', revision, aead: ofClient }),
    server: new FrameCipher(secret, { role: 'accept', revision, aead: ofServer }),
  }
}

function padded(bytes: Uint8Array, length = Math.ceil(bytes.length / 16) * 16): Buffer {
  const result = Buffer.alloc(length)
  result.set(bytes)
  return result
}

/** The 32 bytes before every frame: tag, segments with their alignment, checksum. */
function preamble(tag: number, ...segments: [number, number][]): Buffer {
  const bytes = Buffer.alloc(32)
  bytes[0] = tag
  bytes[1] = segments.length
  segments.forEach(([length, alignment], i) => {
    bytes.writeUInt32LE(length, 2 + 6 * i)
    bytes.writeUInt16LE(alignment, 6 + 6 * i)
  })
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 28), 0), 28)
  return bytes
}

const signature = Buffer.alloc(32, 0x5a)
const header = Buffer.from('0100000000000000070000000000000032007f00010000000000000000000000000000000301000000', 'hex')
const front = Buffer.from('FRONT')
const data = Buffer.from('DATA!!')
const ident = Buffer.alloc(60, 0x77)
const signaturePreamble = preamble(7, [32, 8])
const messagePreamble = preamble(17, [41, 8], [5, 8], [0, 8], [6, 4096])
const identPreamble = preamble(8, [60, 8])

/** What is sealed in one go, one after the other. */
const runs = {
  '2.1': [
    [signaturePreamble, padded(signature, 48)],
    [messagePreamble, padded(header, 48)],
    [padded(front), padded(data), padded(FLAG_COMPLETE)],
    [identPreamble, ident.subarray(0, 48)],
    [padded(ident.subarray(48))],
  ],
  '2.0': [
    [signaturePreamble, signature, Buffer.alloc(16)],
    [messagePreamble, padded(header), padded(front), padded(data), Buffer.alloc(16)],
    [identPreamble, padded(ident), Buffer.alloc(16)],
  ],
}

const CASES = (['2.0', '2.1'] as const).flatMap((revision) =>
  WAYS.map(([name, ofClient, ofServer]) => ({ revision, name, ends: { ofClient, ofServer } })),
)

describe.each(CASES)('FrameCipher of $revision by $name', ({ revision, ends }) => {
  const golden = Buffer.from(readGolden(`frames-secure-${revision}`))

  test('seals frames as daemons take them', () => {
    const { client } = pair(revision, ends)
    expect(Buffer.concat(runs[revision].flatMap((parts) => client.seal(parts)))).toEqual(golden)
  })

  test('seals them into memory that is there', () => {
    const { client } = pair(revision, ends)
    const target = Buffer.alloc(golden.length + 8, 0xee)
    let at = 5
    for (const parts of runs[revision]) {
      client.sealInto(parts, target, at)
      at += Buffer.concat(parts).length + FRAME_TAG_LENGTH
    }
    expect(target).toEqual(Buffer.concat([Buffer.alloc(5, 0xee), golden, Buffer.alloc(3, 0xee)]))
  })

  test('opens them', () => {
    const { server } = pair(revision, ends)
    let at = 0
    for (const parts of runs[revision]) {
      const expected = Buffer.concat(parts)
      const end = at + expected.length + FRAME_TAG_LENGTH
      expect(Buffer.from(server.open(golden.subarray(at, end)))).toEqual(expected)
      at = end
    }
    expect(at).toBe(golden.length)
  })

  test('opens them into memory that is there', () => {
    const { server } = pair(revision, ends)
    let at = 0
    for (const parts of runs[revision]) {
      const expected = Buffer.concat(parts)
      const end = at + expected.length + FRAME_TAG_LENGTH
      const target = Buffer.alloc(expected.length + 8, 0xee)
      server.openInto(golden, at, end, target, 5)
      expect(target).toEqual(Buffer.concat([Buffer.alloc(5, 0xee), expected, Buffer.alloc(3, 0xee)]))
      at = end
    }
  })

  test('opens what the other end has sealed, in both directions, whole or bit by bit', () => {
    fc.assert(
      fc.property(fc.array(fc.array(arbitrary.bytes, { maxLength: 4 })), fc.nat({ max: 30 }), (frames, step) => {
        const { client, server } = pair(revision, ends)
        for (const parts of frames) {
          const plain = Buffer.concat(parts)
          const toServer = Buffer.concat(client.seal(parts))
          const toClient = Buffer.concat(server.seal(parts))
          if (plain.length > 0) expect(toServer).not.toEqual(toClient)
          expect(Buffer.from(server.open(toServer))).toEqual(plain)

          const opening = client.startOpening()
          const chunks: Uint8Array[] = []
          for (let at = 0; at < plain.length; at += step + 1) {
            chunks.push(opening.update(toClient.subarray(at, Math.min(at + step + 1, plain.length))))
          }
          opening.finish(toClient.subarray(plain.length))
          expect(Buffer.concat(chunks)).toEqual(plain)
        }
      }),
    )
  })

  test('goes on in another where it was, in both directions', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 20 }), arbitrary.bytes, (before, bytes) => {
        const both = pair(revision, ends)
        const { client } = both
        let { server } = both
        const exchange = (isToServer: boolean): void => {
          const [from, to] = isToServer ? [client, server] : [server, client]
          expect(Buffer.from(to.open(Buffer.concat(from.seal([bytes]))))).toEqual(Buffer.from(bytes))
        }
        for (const isToServer of before) exchange(isToServer)
        const { position } = server
        const toServer = BigInt(before.filter((isToServer) => isToServer).length)
        expect(position).toEqual({ sealed: BigInt(before.length) - toServer, opened: toServer })
        server = pair(revision, ends).server
        server.resumeAt(position)
        expect(server.position).toEqual(position)
        for (const isToServer of [true, false, true, false]) exchange(isToServer)
      }),
    )
  })

  test('goes on nowhere once it was used, nor from where something was wrong', () => {
    const { client, server } = pair(revision, ends)
    client.seal([])
    expect(() => client.resumeAt({ sealed: 5n, opened: 0n })).toThrow('before any is used')
    expect(() => server.open(new Uint8Array(16))).toThrow(FrameCipherError)
    expect(() => server.position).toThrow(FrameCipherError)
  })

  test('opens nothing that was changed, cut, repeated or put elsewhere, and nothing after that', () => {
    fc.assert(
      fc.property(arbitrary.bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, by) => {
        const { client } = pair(revision, ends)
        const first = Buffer.concat(client.seal([bytes]))
        const second = Buffer.concat(client.seal([bytes]))
        const changed = Uint8Array.from(first)
        changed[at % first.length]! ^= by
        for (const wrong of [changed, first.subarray(0, at % first.length), second, new Uint8Array(0)]) {
          const { server } = pair(revision, ends)
          expect(() => server.open(wrong)).toThrow('frame: expected one that the peer sealed, got another')
          expect(() => server.open(first)).toThrow(FrameCipherError)
          const target = new Uint8Array(bytes.length).fill(0xee)
          expect(() => server.openInto(first, 0, first.length, target, 0)).toThrow(FrameCipherError)
          expect(() => server.startOpening()).toThrow(FrameCipherError)
          expect(target).toEqual(new Uint8Array(bytes.length).fill(0xee))
        }
        const { server } = pair(revision, ends)
        server.open(first)
        expect(() => server.open(first)).toThrow(FrameCipherError)
      }),
    )
  })

  test('of what was changed leaves nothing in the memory that it was to be opened into', () => {
    const plain = Uint8Array.from({ length: 5000 }, (_, i) => i)
    const { client, server } = pair(revision, ends)
    const sealed = Buffer.concat(client.seal([plain]))
    sealed[4000]! ^= 1
    const target = new Uint8Array(plain.length)
    expect(() => server.openInto(sealed, 0, sealed.length, target, 0)).toThrow(FrameCipherError)
    expect(target).toEqual(new Uint8Array(plain.length))
  })

  test('seals and opens however much, with all nonces in their order', () => {
    const { client, server } = pair(revision, ends)
    const sealed = [0, 1, 4096, 1_000_003, 15].map((length) => {
      const plain = Buffer.alloc(length, length)
      return { plain, sealed: Buffer.concat(client.seal([plain.subarray(0, 7), plain.subarray(7)])) }
    })
    for (const { plain, sealed: bytes } of sealed) expect(plain.equals(server.open(bytes))).toBe(true)
    expect(new Set(sealed.map(({ sealed: bytes }) => bytes.subarray(-16).toString('hex'))).size).toBe(sealed.length)
  })

  test('uses no nonce twice', () => {
    const [cipher, twin] = [pair(revision, ends).client, pair(revision).client]
    const tags = Array.from({ length: 300 }, () => Buffer.concat(cipher.seal([])).toString('hex'))
    expect(new Set(tags).size).toBe(300)
    expect(Array.from({ length: 300 }, () => Buffer.concat(twin.seal([])).toString('hex'))).toEqual(tags)
  })
})

describe('FrameCipher', () => {
  test('takes no tag shorter than 16 bytes', () => {
    const { client, server } = pair('2.1')
    const [ciphertext, tag] = client.seal([front])
    const opening = server.startOpening()
    opening.update(ciphertext!)
    expect(() => opening.finish(tag!.subarray(0, 12))).toThrow(FrameCipherError)
  })

  test.runIf(process.platform === 'linux')('is tested with the shim where there is one', () => {
    if (process.env['MSGR_REQUIRE_ALL'] === '1') expect(aesGcmAvailable()).toBe(true)
    expect(WAYS).toHaveLength(aesGcmAvailable() ? 4 : 1)
  })

  test('gives nothing out for a wrong tag', () => {
    const { client, server } = pair('2.1')
    const [ciphertext] = client.seal([front])
    let got: Uint8Array | undefined
    expect(() => {
      got = server.open(Buffer.concat([ciphertext!, Buffer.alloc(16)]))
    }).toThrow(FrameCipherError)
    expect(got).toBeUndefined()
  })

  test('needs 40 bytes of secret, and keeps none of them', () => {
    const options = { role: 'dial', revision: '2.1' } as const
    expect(() => new FrameCipher(secret.subarray(0, 39), options)).toThrow(
      'connection secret: expected at least 40 bytes, got 39',
    )
    const own = Uint8Array.from(secret.subarray(0, 40))
    const cipher = new FrameCipher(own, options)
    own.fill(0)
    expect(Buffer.concat(cipher.seal([signaturePreamble, padded(signature, 48)]))).toEqual(
      Buffer.from(readGolden('frames-secure-2.1')).subarray(0, 96),
    )
  })
})
