import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Policies, type PolicyName } from '../src/index.ts'
import { type LinkPlan, PERFECT } from './network/link.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B, LONG_ENOUGH_MS, pairOf } from './network/pair.ts'
import { integerFrom, seeded } from './network/seeded.ts'

const SERVERS: PolicyName[] = ['statelessServer', 'statelessRegisteredServer']

describe.each(SERVERS)('a lossy client of a %s', (server) => {
  test('gets and gives each message at most once and in order, and its owner is told when the session is over', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seeded(seed)
        const { clock, network, a, b } = pairOf(
          { policy: Policies.lossyClient(), random },
          { policy: Policies[server](), random },
        )
        const at = integerFrom(random, 0, 3_000)
        const breakAfter = random() < 0.5 ? { dialler: at, acceptor: Infinity } : { dialler: Infinity, acceptor: at }
        const plans: LinkPlan[] = [{ ...PERFECT, nextPiece: () => integerFrom(random, 1, 500), breakAfter }]
        network.planLink = () => plans.shift() ?? PERFECT
        const client = a.connect(ADDR_B)
        const answers: number[] = []
        for (let id = 0; id < 20; id++) {
          client.send(Note.of(id, { dataLength: integerFrom(random, 0, 400) }))
          clock.advance(integerFrom(random, 0, 5))
          const open = b.conversations.findLast((each) => each.session.state === 'open')
          if (open === undefined || random() < 0.5) continue
          answers.push(100 + id)
          open.send(Note.of(100 + id, { dataLength: integerFrom(random, 0, 400) }))
        }
        clock.advance(LONG_ENOUGH_MS)
        const got = b.conversations.flatMap((each) => each.ids)
        // What came is a beginning of what was sent, without a gap: what was lost is the end of it.
        expect(got).toEqual(got.map((_, i) => i))
        expect(client.ids).toEqual(answers.filter((id) => client.ids.includes(id)))
        expect([...client.received, ...b.conversations.flatMap((each) => each.received)].every((n) => n.isIntact)).toBe(
          true,
        )
        const isOver = client.session.state === 'closed'
        expect(client.kinds.filter((kind) => kind === 'closed')).toHaveLength(isOver ? 1 : 0)
        expect(client.kinds.filter((kind) => kind === 'connected').length).toBeLessThanOrEqual(1)
        if (!isOver) expect(got).toHaveLength(20)
      }),
      { numRuns: 200 },
    )
  })

  test('comes back as another: nothing of the old session is left at either end', () => {
    const { clock, a, b } = pairOf({ policy: Policies.lossyClient() }, { policy: Policies[server]() })
    const first = a.connect(ADDR_B)
    first.send(Note.of(1))
    clock.advance(50)
    // Only the client notices that the link is broken.
    first.link?.break(0)
    clock.advance(10)
    expect(first.kinds.at(-1)).toBe('closed')
    const second = a.connect(ADDR_B)
    second.send(Note.of(2))
    clock.advance(50)
    const [old, fresh] = b.conversations
    expect([second === first, second.session.state, fresh?.ids]).toEqual([false, 'open', [2]])
    // A registered client replaces what was left of its last connection; otherwise the server has to find out.
    expect(old?.session.state).toBe(server === 'statelessServer' ? 'open' : 'closed')
    expect(b.held.has(ADDR_A.toString())).toBe(server !== 'statelessServer')
  })
})
