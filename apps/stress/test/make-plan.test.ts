import { expect, test } from 'vitest'
import { makePlan, type StressRequest } from '../src/make-plan.ts'
import { PRESET_NAMES, presets } from '../src/presets.ts'

const request: StressRequest = {
  preset: 'plain',
  messenger: { type: 'simple', driver: 'epoll', workers: 1, opThreads: 0, wire: 'v1' },
  seed: 1,
  inFlight: 64,
  processes: 4,
}

test('a steady run has enough clients for its connections', () => {
  const plan = makePlan({ ...request, connections: 5 })
  expect(plan.rules).toEqual({ kind: 'steady', connections: 5 })
  expect([plan.serverCount, plan.clientCount]).toEqual([2, 3])
  const one = makePlan({ ...request, connections: 1 })
  expect([one.serverCount, one.clientCount]).toEqual([1, 1])
})

test('a million means a million small ones and cuts, on connections that lose nothing', () => {
  expect(makePlan({ ...request, preset: 'million' })).toMatchObject({
    messages: 1_000_000,
    cutEvery: 100,
    policy: 'losslessPeer',
    payload: { kind: 'uniform', minBytes: 0, maxBytes: 256 },
  })
})

// The figures of Ceph's src/test/msgr/test_msgr.cc.
test.each([
  ['stress', { policy: 'losslessClient', serverCount: 8, clientCount: 32, cutEvery: 0 }, [100, 5000, 90, 80, 10]],
  ['stress16', { policy: 'losslessPeerReuse', serverCount: 16, clientCount: 32 }, [10, 10_000, 80, 60, 10]],
  ['inject', { policy: 'losslessClient', cutEvery: 30, dispatchThrottleBytes: 16_777_216 }, [100, 1000, 90, 80, 10]],
  ['inject2', { policy: 'losslessPeerReuse', serverCount: 8, clientCount: 16, cutEvery: 30 }, [100, 1000, 90, 80, 10]],
  ['inject3', { policy: 'lossyClient', serverCount: 8, clientCount: 16, cutEvery: 600 }, [100, 1000, 90, 80, 10]],
  ['inject4', { policy: 'losslessPeer', delays: { messageMs: 5000, handshakeMs: 100 } }, [100, 1000, 95, 80, 10]],
] as const)(
  '%s is as Ceph has it',
  (preset, expected, [firstConnections, steps, connectAbove, dropAbove, sendAbove]) => {
    const plan = makePlan({ ...request, preset })
    expect(plan).toMatchObject(expected)
    const rules = { firstConnections, steps, connectAbove, dropAbove, sendAbove, drops: preset !== 'inject4' }
    expect(plan.rules).toMatchObject({ kind: 'dance', maxConnections: 128, ...rules })
    expect(plan.payload).toEqual({ kind: 'uniform', minBytes: 32, maxBytes: 4_194_304 })
  },
)

test('what is asked for wins over the preset', () => {
  const asked = { cutEvery: 7, policy: 'lossyClient', messages: 5, steps: 9, connections: 200, delayMs: 40 } as const
  const plan = makePlan({ ...request, preset: 'inject4', ...asked, payload: { kind: 'mixed', maxBytes: 3 } })
  expect(plan).toMatchObject({ cutEvery: 7, policy: 'lossyClient', messages: 5, payload: { maxBytes: 3 } })
  expect(plan.delays).toEqual({ messageMs: 40, handshakeMs: 100 })
  expect(plan.rules).toMatchObject({ steps: 9, firstConnections: 200, maxConnections: 200 })
})

test('a run that is bounded by time has no number of messages, unless it is asked for', () => {
  expect(makePlan({ ...request, seconds: 3 })).toMatchObject({ seconds: 3, messages: null })
  expect(makePlan({ ...request, seconds: 3, messages: 4 })).toMatchObject({ seconds: 3, messages: 4 })
})

test('with cuts, the usual payloads are short enough to pass between two of them', () => {
  expect(makePlan({ ...request, cutEvery: 10 }).payload).toEqual({ kind: 'mixed', maxBytes: 327_680 })
})

test('steps are for those who dance', () => {
  expect(() => makePlan({ ...request, steps: 5 })).toThrow('plain knows no --steps')
})

test.each(PRESET_NAMES)('%s can be planned, and stays JSON', (preset) => {
  const plan = makePlan({ ...request, preset })
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  expect(presets[preset].policy).toBe(plan.policy)
})
