import { describe, expect, test } from 'vitest'
import { Policies, type PolicyName, type SessionState } from '../src/index.ts'
import type { Conversation } from './network/conversation.ts'
import { type LinkPlan, PERFECT } from './network/link.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B, pairOf, type Pair } from './network/pair.ts'

const DIALLERS: PolicyName[] = ['losslessPeer', 'losslessPeerReuse', 'lossyClient', 'losslessClient']
const ACCEPTORS: PolicyName[] = [
  'statefulServer',
  'statelessServer',
  'statelessRegisteredServer',
  'losslessPeer',
  'losslessPeerReuse',
  'lossyClient',
  'losslessClient',
]
const PAIRS = DIALLERS.flatMap((dialler) => ACCEPTORS.map((acceptor) => [dialler, acceptor] as const))
/** Both ends have sent a message of 79 or 96 bytes and an ack by then; one more message and the link breaks. */
const BREAK_AT = 500

interface Opened extends Pair {
  readonly dialling: Conversation
  readonly accepting: Conversation
}

function open(dialler: PolicyName, acceptor: PolicyName, plan: LinkPlan = PERFECT): Opened {
  const pair = pairOf({ policy: Policies[dialler]() }, { policy: Policies[acceptor]() })
  const plans = [plan]
  pair.network.planLink = () => plans.shift() ?? 'refused'
  const dialling = pair.a.connect(ADDR_B)
  dialling.send(Note.of(1))
  pair.clock.advance(50)
  const accepting = pair.b.conversations[0]!
  accepting.send(Note.of(2))
  pair.clock.advance(50)
  return { ...pair, dialling, accepting }
}

describe.each(PAIRS)('%s dials %s:', (dialler, acceptor) => {
  test('messages go both ways, and the accepting end decides whether the session is lossy', () => {
    const { dialling, accepting } = open(dialler, acceptor)
    expect([dialling.session.state, accepting.session.state]).toEqual(['open', 'open'])
    expect([dialling.ids, accepting.ids]).toEqual([[2], [1]])
    const { lossy } = Policies[acceptor]()
    expect([dialling.session.facts.lossy, accepting.session.facts.lossy]).toEqual([lossy, lossy])
    expect(dialling.session.facts).toMatchObject({ connectSeq: 1, features: accepting.session.facts.features })
    expect([dialling.kinds.at(-1), accepting.kinds.at(-1)]).toEqual(['connected', 'accepted'])
    // What was sent is kept for as long as it may have to be sent again.
    expect(dialling.session.queue.sentCount + accepting.session.queue.sentCount).toBe(0)
  })

  test('a link that breaks with nothing to send, and with something, leads where the policies say', () => {
    for (const isIdle of [true, false]) {
      const plan = { ...PERFECT, breakAfter: { dialler: BREAK_AT, acceptor: Infinity } }
      const { clock, dialling, accepting } = open(dialler, acceptor, plan)
      // The link breaks in the middle of this one, or, idle, ends behind it.
      if (isIdle) dialling.link?.break(0)
      else dialling.send(Note.of(3, { dataLength: 1_000 }))
      if (isIdle) accepting.link?.break(0)
      else accepting.send(Note.of(4, { dataLength: 1_000 }))
      clock.advance(10)
      expect([dialling.session.state, accepting.session.state]).toEqual([
        stateAfterFault(dialler, acceptor, isIdle),
        stateAfterFault(acceptor, acceptor, isIdle),
      ])
    }
  })
})

/** The table of the policies' consequences; the accepting end's decides on lossiness. */
function stateAfterFault(own: PolicyName, acceptor: PolicyName, isIdle: boolean): SessionState {
  if (['statelessServer', 'statelessRegisteredServer', 'lossyClient'].includes(acceptor)) return 'closed'
  switch (own) {
    case 'statefulServer':
      return 'standby'
    case 'losslessPeer':
    case 'losslessPeerReuse':
      return isIdle ? 'standby' : 'connecting'
    case 'losslessClient':
    case 'lossyClient':
      return 'connecting'
    default:
      throw new Error(`${own} is lossy and should not come here`)
  }
}

describe('while no link is there', () => {
  /** The link has broken with nothing to send. */
  const apart = (dialler: PolicyName, acceptor: PolicyName): Opened => {
    const opened = open(dialler, acceptor)
    opened.dialling.link?.break(0)
    opened.accepting.link?.break(0)
    opened.clock.advance(10)
    return opened
  }
  const dialCount = (conversation: Conversation): number => conversation.kinds.filter((kind) => kind === 'dial').length

  test('a lossy session drops what it is given', () => {
    const { dialling } = apart('lossyClient', 'statelessServer')
    expect(dialling.session.send(Note.of(3))).toBe('dropped')
    expect([dialling.session.queue.length, dialling.session.deadline]).toEqual([0, undefined])
  })

  test('a stateful server keeps it until its client comes back', () => {
    const { accepting, dialling, network, clock } = apart('losslessClient', 'statefulServer')
    accepting.send(Note.of(3), Note.of(4))
    clock.advance(5)
    expect([accepting.session.state, accepting.session.queue.length]).toEqual(['standby', 2])
    network.planLink = () => PERFECT
    clock.advance(20_000)
    expect([dialling.ids, accepting.session.queue.length]).toEqual([[2, 3, 4], 0])
  })

  test.each(['a message', 'a keepalive'])('%s wakes a peer that stands by', (what) => {
    const { dialling, network, clock } = apart('losslessPeer', 'losslessPeer')
    network.planLink = () => PERFECT
    clock.advance(100_000)
    expect([dialling.session.state, dialCount(dialling), dialling.session.deadline]).toEqual(['standby', 1, undefined])
    if (what === 'a message') dialling.send(Note.of(3))
    else dialling.keepalive(1)
    clock.advance(50)
    expect([dialling.session.state, dialCount(dialling)]).toEqual(['open', 2])
  })

  test('a peer that stands by is there for the other', () => {
    const { dialling, accepting, network, clock } = apart('losslessPeer', 'losslessPeer')
    network.planLink = () => PERFECT
    accepting.send(Note.of(3))
    clock.advance(50)
    expect([dialling.ids, dialling.session.state, dialling.kinds.at(-1)]).toEqual([[2, 3], 'open', 'accepted'])
  })

  test('a peer that listens nowhere is waited for, even with something to send', () => {
    const unbound = ADDR_A.with({ port: 0 })
    const pair = pairOf({ policy: Policies.losslessPeer(), addr: unbound }, { policy: Policies.losslessPeer() })
    const dialling = pair.a.connect(ADDR_B)
    dialling.send(Note.of(1))
    pair.clock.advance(50)
    const accepting = pair.b.conversations[0]!
    dialling.link?.break(1_000_000)
    accepting.link?.break(0)
    pair.clock.advance(10)
    accepting.send(Note.of(2))
    pair.clock.advance(1_000)
    expect([accepting.session.state, dialCount(accepting)]).toEqual(['standby', 0])
  })
})

describe('a session that is made lossy', () => {
  test('ends with the next fault, whatever its policy', () => {
    const { dialling, accepting, clock } = open('losslessClient', 'statefulServer')
    dialling.session.makeLossy()
    dialling.send(Note.of(3))
    clock.advance(10)
    expect([dialling.session.state, accepting.ids]).toEqual(['open', [1, 3]])
    dialling.link?.break(0)
    clock.advance(10)
    expect([dialling.session.state, dialling.kinds.at(-1)]).toEqual(['closed', 'closed'])
  })

  test('still acknowledges what comes, so that its peer can forget it', () => {
    const { dialling, accepting, clock } = open('losslessClient', 'statefulServer')
    dialling.session.makeLossy()
    accepting.send(Note.of(3))
    clock.advance(10)
    expect([dialling.ids, accepting.session.queue.sentCount]).toEqual([[2, 3], 0])
  })

  test('stays so if it opens later', () => {
    const pair = pairOf({ policy: Policies.losslessClient() }, { policy: Policies.statefulServer() })
    const dialling = pair.a.connect(ADDR_B)
    dialling.session.makeLossy()
    pair.clock.advance(50)
    expect([dialling.session.state, dialling.session.facts.lossy]).toEqual(['open', true])
  })
})
