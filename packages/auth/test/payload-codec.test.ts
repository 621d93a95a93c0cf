import { type Codec, uint32, uint8 } from '@msgr/bufferlist'
import { describe, expect, test } from 'vitest'
import { AuthLimits, AuthProtocolError, AuthRefusedError } from '../src/index.ts'
import { decodeFromBytes, encodeToBytes, readPayload, readVersion } from '../src/payload-codec.ts'

describe('payloads', () => {
  test('are encoded and decoded; what follows the value is ignored', () => {
    expect([...encodeToBytes(uint32, 0x01020304)]).toEqual([4, 3, 2, 1])
    expect(decodeFromBytes(uint32, Uint8Array.of(4, 3, 2, 1, 99))).toBe(0x01020304)
  })

  test('that are cut or too long give one kind of error, with the reason as its cause', () => {
    expect(() => readPayload('thing', uint32, Uint8Array.of(1))).toThrow(
      new AuthProtocolError('thing: cannot be read from 1 bytes'),
    )
    const tooLong = new Uint8Array(AuthLimits.maxPayloadBytes + 1)
    expect(() => readPayload('thing', uint32, tooLong)).toThrow('thing: expected at most 65536 bytes, got 65537')
  })

  test('let a refusal in them pass', () => {
    const refusal = new AuthRefusedError(-13, 'no')
    const codec: Codec<number> = {
      ...uint8,
      decode: () => {
        throw refusal
      },
    }
    expect(() => readPayload('thing', codec, Uint8Array.of(1))).toThrow(refusal)
  })
})

describe('readVersion', () => {
  const codec: Codec<number> = { ...uint8, decode: (cursor) => readVersion(cursor, 'a thing', 2) }

  test('lets newer ones pass and refuses older ones', () => {
    expect(decodeFromBytes(codec, Uint8Array.of(200))).toBe(200)
    expect(() => decodeFromBytes(codec, Uint8Array.of(1))).toThrow('version of a thing: expected at least 2, got 1')
  })
})
