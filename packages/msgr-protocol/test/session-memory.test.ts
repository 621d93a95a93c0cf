import { EntityType, FEATURES_ALL, MPing } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { Policies } from '../src/index.ts'
import { SessionMemory } from '../src/session-memory.ts'
import { ADDR_B } from './network/pair.ts'

function memoryOf(fields: Partial<SessionMemory> = {}): SessionMemory {
  const memory = new SessionMemory(Policies.losslessPeer(), EntityType.osd, ADDR_B)
  return Object.assign(memory, { connectSeq: 3, inSeq: 5, inSeqAcked: 5, isConfirmed: true, ...fields })
}

describe('a session that its peer knows nothing of any more', () => {
  test('forgets what is queued and begins anew', () => {
    const memory = memoryOf()
    memory.queue.push(new MPing())
    expect(memory.reset(() => 0.5)).toBe(true)
    expect(memory).toMatchObject({ connectSeq: 0, inSeq: 0, inSeqAcked: 0, isConfirmed: false })
    expect([memory.queue.length, memory.queue.outSeq]).toEqual([0, 0])
  })

  test('numbers from a random start if the ends have MSG_AUTH', () => {
    const memory = memoryOf({ features: FEATURES_ALL })
    memory.reset(() => 0.75)
    expect(memory.queue.outSeq).toBe(0x6000_0000)
    const highest = memoryOf({ features: FEATURES_ALL })
    highest.reset(() => 1 - Number.EPSILON)
    expect(highest.queue.outSeq).toBe(0x7fff_ffff)
  })

  test('has lost nothing if the peer never had it open', () => {
    const memory = memoryOf({ isConfirmed: false })
    memory.queue.push(new MPing())
    expect(memory.reset(() => 0.5)).toBe(false)
    expect([memory.connectSeq, memory.queue.length]).toEqual([0, 1])
  })
})

describe('a message with a number', () => {
  test.each([0, 1, 5])('of %i is a double if 5 was the last', (seq) => {
    expect(memoryOf().isDouble(seq)).toBe(true)
  })

  test('above the last is none, also with a gap', () => {
    expect([memoryOf().isDouble(6), memoryOf().isDouble(60)]).toEqual([false, false])
  })

  test('that came twice is to be acknowledged again', () => {
    const memory = memoryOf()
    memory.isDouble(4)
    expect(memory.inSeqAcked).toBe(3)
    memory.isDouble(0)
    expect(memory.inSeqAcked).toBe(0)
  })
})

describe('a session', () => {
  test('is lossy if the ends agreed so, or if it was made so', () => {
    expect(memoryOf().lossy).toBe(false)
    expect(memoryOf({ agreedLossy: true }).lossy).toBe(true)
    expect(memoryOf({ isDisposable: true }).lossy).toBe(true)
  })

  test('may dial a peer that listens, unless its policy leaves that to the peer', () => {
    expect(memoryOf().mayDial).toBe(true)
    expect(memoryOf({ peerAddr: ADDR_B.with({ port: 0 }) }).mayDial).toBe(false)
    expect(memoryOf({ policy: Policies.statefulServer() }).mayDial).toBe(false)
  })
})
