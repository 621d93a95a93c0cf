import { describe, expect, test } from 'vitest'
import { decideFault } from '../src/decide-fault.ts'
import { Policies, type PolicyName, type SessionState } from '../src/index.ts'

type Row = [PolicyName, SessionState, idle: string, queued: string]

describe('after a fault', () => {
  test.each<Row>([
    ['lossyClient', 'open', 'end', 'end'],
    ['lossyClient', 'connecting', 'reconnect', 'reconnect'],
    ['statelessServer', 'open', 'end', 'end'],
    ['statelessServer', 'accepting', 'end', 'end'],
    ['statelessRegisteredServer', 'open', 'end', 'end'],
    ['statefulServer', 'open', 'standby', 'standby'],
    ['statefulServer', 'standby', 'nothing', 'nothing'],
    ['statefulServer', 'accepting', 'end', 'end'],
    ['losslessClient', 'open', 'reconnect', 'reconnect'],
    ['losslessClient', 'connecting', 'reconnect', 'reconnect'],
    ['losslessPeer', 'open', 'standby', 'reconnect'],
    ['losslessPeer', 'connecting', 'standby', 'reconnect'],
    ['losslessPeer', 'standby', 'nothing', 'nothing'],
    ['losslessPeer', 'accepting', 'end', 'end'],
    ['losslessPeerReuse', 'open', 'standby', 'reconnect'],
    ['losslessPeerReuse', 'closed', 'nothing', 'nothing'],
  ])('%s, %s: idle %s, with something to send %s', (name, state, idle, queued) => {
    const policy = Policies[name]()
    const session = { state, policy, lossy: policy.lossy, mayDial: !policy.server }
    expect(decideFault(session, true)).toBe(idle)
    expect(decideFault(session, false)).toBe(queued)
  })

  test('what the ends agreed on counts, not what our policy says of it', () => {
    const client = { state: 'open', policy: Policies.losslessClient(), lossy: true, mayDial: true } as const
    expect(decideFault(client, false)).toBe('end')
    const lossyByPolicy = { state: 'open', policy: Policies.lossyClient(), lossy: false, mayDial: true } as const
    expect(decideFault(lossyByPolicy, true)).toBe('reconnect')
  })

  test('a peer that cannot be dialled is waited for, whatever is queued', () => {
    const session = { state: 'open', policy: Policies.losslessPeer(), lossy: false, mayDial: false } as const
    expect([decideFault(session, true), decideFault(session, false)]).toEqual(['standby', 'standby'])
  })
})
