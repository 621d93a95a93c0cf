import { describe, expect, test } from 'vitest'
import { HandshakeTranscript } from '../../src/wire-v2/handshake-transcript.ts'
import { joined, toHex } from '../bytes.ts'
import { thrownBy } from '../thrown-by.ts'

const LIMIT = 64 * 1024

describe('a transcript', () => {
  test('has all bytes, in order', () => {
    const transcript = new HandshakeTranscript()
    for (const hex of [[1, 2], [], [3]]) transcript.add(Uint8Array.from(hex))
    expect(toHex(joined(transcript.parts))).toBe('010203')
  })

  test('keeps them when what was added is overwritten', () => {
    const transcript = new HandshakeTranscript()
    const slab = Uint8Array.of(1, 2, 3, 4)
    transcript.add(slab.subarray(1, 3))
    slab.fill(0xa5)
    expect(toHex(joined(transcript.parts))).toBe('0203')
  })

  test('is as long as a handshake may be, and no longer', () => {
    const transcript = new HandshakeTranscript()
    transcript.add(new Uint8Array(LIMIT - 1))
    transcript.add(new Uint8Array(1))
    const message = `handshake: expected at most ${LIMIT} bytes, got ${LIMIT + 1}`
    expect(thrownBy(() => transcript.add(new Uint8Array(1)))).toMatchObject({ code: 'ERR_MSGR_TOO_LONG', message })
    expect(joined(transcript.parts)).toHaveLength(LIMIT)
  })

  test('is empty again once it is cleared, and holds as much as before', () => {
    const transcript = new HandshakeTranscript()
    transcript.add(new Uint8Array(LIMIT))
    transcript.clear()
    expect(transcript.parts).toEqual([])
    transcript.add(new Uint8Array(LIMIT))
    expect(joined(transcript.parts)).toHaveLength(LIMIT)
  })
})
