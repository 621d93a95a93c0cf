import { describe, expect, test } from 'vitest'
import { CryptoKey } from '../src/index.ts'
import { HeldTickets, holdTicket } from '../src/held-tickets.ts'

const sessionKey = CryptoKey.generate()
const blob = { secretId: 1n, sealed: new Uint8Array(0) }

function granted(serviceId: number, seconds: number): Parameters<typeof holdTicket>[0] {
  return { serviceId, ticket: { sessionKey, validity: { seconds, nanoseconds: 500_000_000 } }, blob }
}

describe('held tickets', () => {
  test('are to be renewed after three quarters of their validity', () => {
    const ticket = holdTicket(granted(4, 4), 1000)
    expect(ticket).toMatchObject({ serviceId: 4, renewAfterMs: 1000 + 3375, validUntilMs: 1000 + 4500 })
  })

  test('are good until they end', () => {
    const tickets = new HeldTickets()
    tickets.put(holdTicket(granted(4, 4), 1000))
    expect(tickets.get(4, 5499)?.sessionKey).toBe(sessionKey)
    expect(tickets.get(4, 5500)).toBeUndefined()
    expect(tickets.get(1, 1000)).toBeUndefined()
    expect([tickets.has(4), tickets.has(1)]).toEqual([true, false])
  })

  test('tell which of the services wanted are due', () => {
    const tickets = new HeldTickets()
    expect(tickets.nextRenewalMs).toBeUndefined()
    tickets.put(holdTicket(granted(4, 8), 0))
    tickets.put(holdTicket(granted(1, 4), 0))
    expect(tickets.nextRenewalMs).toBe(3375)
    expect(tickets.due(1 | 4, 3374)).toBe(0)
    expect(tickets.due(1 | 4, 3375)).toBe(1)
    expect(tickets.due(1 | 4 | 16, 3374)).toBe(16)
    expect(tickets.due(4, 3375)).toBe(0)
    expect(tickets.due(0x80000000, 0)).toBe(0x80000000)
    tickets.clear()
    expect(tickets.due(1 | 4, 0)).toBe(5)
  })
})
