import { EntityType, FEATURES_ALL, MPing } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { Policies } from '../src/index.ts'
import { SessionMemory } from '../src/session-memory.ts'
import { ADDR_B } from './network/pair.ts'
import { ADDR_B2 } from './network/raw-peer-v2.ts'

function memoryOf(fields: Partial<SessionMemory> = {}): SessionMemory {
  const memory = new SessionMemory(Policies.losslessPeer(), EntityType.osd, ADDR_B)
  return Object.assign(memory, { connectSeq: 3, inSeq: 5, inSeqAcked: 5, isConfirmed: true, ...fields })
}

/** In version 2. */
function memoryOfV2(fields: Partial<SessionMemory> = {}): SessionMemory {
  const memory = new SessionMemory(Policies.losslessPeer(), EntityType.osd, ADDR_B2)
  const cookies = { clientCookie: 0xc1n, serverCookie: 0x5en }
  return Object.assign(memory, { connectSeq: 3, inSeq: 5, inSeqAcked: 5, isConfirmed: true, ...cookies, ...fields })
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

  test('of version 2 forgets its names too, and numbers from 1, whatever its features', () => {
    const memory = memoryOfV2({ features: FEATURES_ALL })
    memory.queue.push(new MPing())
    expect(memory.reset(() => 0.75)).toBe(true)
    expect(memory).toMatchObject({ clientCookie: 0n, serverCookie: 0n, connectSeq: 0, inSeq: 0, inSeqAcked: 0 })
    expect([memory.queue.length, memory.queue.outSeq]).toEqual([0, 0])
  })

  test('of version 2 that the peer never had open forgets its names, and keeps what is queued', () => {
    const memory = memoryOfV2({ isConfirmed: false })
    memory.queue.push(new MPing())
    expect(memory.reset(() => 0.5)).toBe(false)
    expect([memory.clientCookie, memory.serverCookie, memory.queue.length]).toEqual([0n, 0n, 1])
  })
})

describe('a session that begins anew', () => {
  test('forgets what the peer had, and keeps what is queued', () => {
    const memory = memoryOfV2()
    memory.queue.push(new MPing())
    memory.restart()
    expect(memory).toMatchObject({ clientCookie: 0n, serverCookie: 0n, connectSeq: 0, inSeq: 0, inSeqAcked: 0 })
    expect([memory.queue.length, memory.isConfirmed]).toEqual([1, true])
  })
})

test('a session that begins anew goes by the name that this end has given it, if the peer may know it', () => {
  const memory = memoryOfV2({ triedCookie: 0x7cn })
  memory.restart()
  expect(memory.clientCookie).toBe(0x7cn)
  memory.reset(() => 0.5)
  expect([memory.clientCookie, memory.triedCookie]).toEqual([0n, 0n])
})

describe('another attempt', () => {
  test('has the next number', () => {
    for (const memory of [memoryOf(), memoryOfV2()]) {
      memory.countAttempt()
      expect(memory.connectSeq).toBe(4)
    }
  })

  test('has 0 in version 1 if the session was never open', () => {
    const memory = memoryOf({ connectSeq: 0, serverCookie: 0x5en })
    memory.countAttempt()
    expect(memory.connectSeq).toBe(0)
  })

  test('has 1 in version 2 if the session was open but once', () => {
    const memory = memoryOfV2({ connectSeq: 0 })
    memory.countAttempt()
    expect(memory.connectSeq).toBe(1)
  })

  test('leaves the number in version 2 if there is no session of the peer to go on with', () => {
    const memory = memoryOfV2({ serverCookie: 0n })
    memory.countAttempt()
    expect(memory.connectSeq).toBe(3)
  })

  test('has 0 after the greatest number of version 1, which is no such one in version 2', () => {
    const greatest = 0xffff_ffff
    const [v1, v2] = [memoryOf({ connectSeq: greatest }), memoryOfV2({ connectSeq: greatest })]
    v1.countAttempt()
    v2.countAttempt()
    expect([v1.connectSeq, v2.connectSeq]).toEqual([0, greatest + 1])
  })
})

describe('the version of the protocol', () => {
  test('is the one that the address of the peer is of; a peer that listens nowhere speaks version 2', () => {
    const wires = (['v1', 'v2', 'any'] as const).map(
      (type) => new SessionMemory(Policies.losslessPeer(), EntityType.osd, ADDR_B.with({ type })).wire,
    )
    expect(wires).toEqual(['v1', 'v2', 'v2'])
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

  test('may not dial a peer where that listens but in the other version', () => {
    expect([memoryOfV2().mayDial, memoryOfV2({ peerAddr: ADDR_B }).mayDial]).toEqual([true, false])
    expect(memoryOfV2({ peerAddr: ADDR_B2.with({ type: 'any' }) }).mayDial).toBe(true)
  })
})
