import { crc32c } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONNECTION_SECRET_LENGTH, FRAME_TAG_LENGTH, FrameCipher, FrameCipherError } from '../src/index.ts'
import * as arbitrary from './arbitraries.ts'
import { readGolden } from './read-golden.ts'

const secret = Uint8Array.from({ length: CONNECTION_SECRET_LENGTH }, (_, i) => i)
const FLAG_COMPLETE = Uint8Array.of(0x0e)

function pair(revision: '2.0' | '2.1'): { client: FrameCipher; server: FrameCipher } {
  return {
    client: new FrameCipher(secret, { role: 'dial', revision }),
    server: new FrameCipher(secret, { role: 'accept', revision }),
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

describe.each(['2.0', '2.1'] as const)('FrameCipher of %s', (revision) => {
  const golden = Buffer.from(readGolden(`frames-secure-${revision}`))

  test('seals frames as daemons take them', () => {
    const { client } = pair(revision)
    expect(Buffer.concat(runs[revision].flatMap((parts) => client.seal(parts)))).toEqual(golden)
  })

  test('opens them', () => {
    const { server } = pair(revision)
    let at = 0
    for (const parts of runs[revision]) {
      const expected = Buffer.concat(parts)
      const end = at + expected.length + FRAME_TAG_LENGTH
      expect(Buffer.from(server.open(golden.subarray(at, end)))).toEqual(expected)
      at = end
    }
    expect(at).toBe(golden.length)
  })

  test('opens what the other end has sealed, in both directions, whole or bit by bit', () => {
    fc.assert(
      fc.property(fc.array(fc.array(arbitrary.bytes, { maxLength: 4 })), fc.nat({ max: 30 }), (frames, step) => {
        const { client, server } = pair(revision)
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

  test('opens nothing that was changed, cut, repeated or put elsewhere, and nothing after that', () => {
    fc.assert(
      fc.property(arbitrary.bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, by) => {
        const { client } = pair(revision)
        const first = Buffer.concat(client.seal([bytes]))
        const second = Buffer.concat(client.seal([bytes]))
        const changed = Uint8Array.from(first)
        changed[at % first.length]! ^= by
        for (const wrong of [changed, first.subarray(0, at % first.length), second, new Uint8Array(0)]) {
          const { server } = pair(revision)
          expect(() => server.open(wrong)).toThrow('frame: expected one that the peer sealed, got another')
          expect(() => server.open(first)).toThrow(FrameCipherError)
        }
        const { server } = pair(revision)
        server.open(first)
        expect(() => server.open(first)).toThrow(FrameCipherError)
      }),
    )
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
