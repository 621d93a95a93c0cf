import { describe, expect, test } from 'vitest'
import { Policies, type PolicyName } from '../src/index.ts'
import type { Conversation } from './network/conversation.ts'
import type { Host } from './network/host.ts'
import { type LinkPlan, PERFECT } from './network/link.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B, LONG_ENOUGH_MS, pairOf, type Pair } from './network/pair.ts'

// What becomes of the objects on both sides when a link breaks at a point of the conversation, once or twice: Ceph's
// failover matrix, with the points of the version 1 handshake. Ceph: src/test/crimson/test_messenger.cc

/** Bytes that one end has sent when a thing is complete there. */
const DIALLER = { greeting: 145, connect: 178, inSeq: 186 }
const ACCEPTOR = { greeting: 281, reply: 315 }
const MIDDLE_OF_A_FRAME = 30

/** Where a link breaks: after so many bytes of that end. */
type Break = ['dialler' | 'acceptor', number]

const EARLY: Break[] = [
  ['dialler', 0],
  ['dialler', 9],
  ['dialler', DIALLER.greeting],
  ['acceptor', 0],
  ['acceptor', 9],
  ['acceptor', 200],
]
/** The acceptor has not read the request. */
const CONNECT_LOST: Break[] = [
  ['dialler', DIALLER.connect - 1],
  ['dialler', DIALLER.greeting + 1],
]
/** The acceptor has agreed, and the dialler does not know it. */
const REPLY_LOST: Break[] = [
  ['acceptor', ACCEPTOR.greeting + 13],
  ['acceptor', ACCEPTOR.greeting + 1],
  ['acceptor', ACCEPTOR.reply - 1],
]
/** Both are open, and a message is lost on its way. */
const MESSAGE_LOST: Break[] = [
  ['dialler', DIALLER.inSeq + MIDDLE_OF_A_FRAME],
  ['acceptor', ACCEPTOR.reply + MIDDLE_OF_A_FRAME],
]

function planOf(at: Break | undefined): LinkPlan {
  if (at === undefined) return PERFECT
  return { ...PERFECT, breakAfter: { dialler: Infinity, acceptor: Infinity, [at[0]]: at[1] } }
}

interface Stage extends Pair {
  readonly dialling: Conversation
}

/** A dials B and sends one message; B sends one as soon as it is asked. Links break at the points given, in turn. */
function play(dialler: PolicyName, acceptor: PolicyName, ...breaks: Break[]): Stage {
  const pair = pairOf({ policy: Policies[dialler]() }, { policy: Policies[acceptor]() })
  const left = [...breaks]
  pair.network.planLink = () => planOf(left.shift())
  const dialling = pair.a.connect(ADDR_B)
  dialling.send(Note.of(1))
  let hasAnswered = false
  // B's first conversation that opens is the one that its application answers on.
  for (let i = 0; i < 600; i++) {
    pair.clock.advance(i < 100 ? 1 : LONG_ENOUGH_MS / 500)
    const open = pair.b.conversations.find((each) => each.session.state === 'open')
    if (open === undefined || hasAnswered) continue
    hasAnswered = true
    open.send(Note.of(2))
  }
  return { ...pair, dialling }
}

const NOTHING = { connected: 0, accepted: 0, remoteReset: 0, closed: 0 }

/** How often each thing was said of one conversation. */
function counts(conversation: Conversation): typeof NOTHING {
  const of = (kind: string): number => conversation.kinds.filter((each) => each === kind).length
  return {
    connected: of('connected'),
    accepted: of('accepted'),
    remoteReset: of('remoteReset'),
    closed: of('closed'),
  }
}

function states(host: Host): string[] {
  return host.conversations.map((each) => each.session.state)
}

describe.each<[PolicyName, PolicyName]>([
  ['lossyClient', 'statelessServer'],
  ['lossyClient', 'statelessRegisteredServer'],
])('a %s of a %s', (dialler, acceptor) => {
  test.each([...EARLY, ...CONNECT_LOST])('that breaks at %s %i tries again and connects once', (...at) => {
    const { dialling, b } = play(dialler, acceptor, at)
    expect(counts(dialling)).toEqual({ ...NOTHING, connected: 1 })
    expect([dialling.session.state, dialling.ids]).toEqual(['open', [2]])
    expect(states(b)).toEqual(['closed', 'open'])
    expect(b.conversations.map(counts)).toEqual([
      { ...NOTHING, closed: 1 },
      { ...NOTHING, accepted: 1 },
    ])
    expect(b.conversations[1]?.ids).toEqual([1])
  })

  test.each(REPLY_LOST)('that breaks at %s %i connects again; the server has lost one session', (...at) => {
    const { dialling, b } = play(dialler, acceptor, at)
    expect(counts(dialling)).toEqual({ ...NOTHING, connected: 1 })
    expect(b.conversations.map(counts)).toEqual([
      { ...NOTHING, accepted: 1, closed: 1 },
      { ...NOTHING, accepted: 1 },
    ])
    expect(b.conversations[1]?.ids).toEqual([1])
  })

  test.each(MESSAGE_LOST)('that breaks at %s %i is over, on both sides', (...at) => {
    const { dialling, b } = play(dialler, acceptor, at)
    expect(counts(dialling)).toEqual({ ...NOTHING, connected: 1, closed: 1 })
    expect(b.conversations.map(counts)).toEqual([{ ...NOTHING, accepted: 1, closed: 1 }])
    expect([dialling.session.state, ...states(b)]).toEqual(['closed', 'closed'])
    expect(dialling.session.send(Note.of(3))).toBe('dropped')
  })
})

describe.each<[PolicyName, PolicyName]>([
  ['losslessClient', 'statefulServer'],
  ['losslessPeer', 'losslessPeer'],
  ['losslessPeerReuse', 'losslessPeerReuse'],
])('a %s of a %s', (dialler, acceptor) => {
  const expectDelivery = ({ dialling, b }: Stage): Conversation => {
    const held = b.held.get(ADDR_A.toString())!
    expect([dialling.session.state, held.session.state]).toEqual(['open', 'open'])
    expect([dialling.ids, held.ids]).toEqual([[2], [1]])
    expect([counts(dialling).remoteReset, counts(held).remoteReset]).toEqual([0, 0])
    return held
  }

  test.each([...EARLY, ...CONNECT_LOST])('that breaks at %s %i tries again and connects once', (...at) => {
    const stage = play(dialler, acceptor, at)
    expectDelivery(stage)
    expect(counts(stage.dialling)).toEqual({ ...NOTHING, connected: 1 })
    expect(states(stage.b)).toEqual(['closed', 'open'])
  })

  test.each(REPLY_LOST)('that breaks at %s %i comes back to the session it did not know of', (...at) => {
    const stage = play(dialler, acceptor, at)
    const held = expectDelivery(stage)
    expect(stage.b.conversations.indexOf(held)).toBe(0)
    // B may have dialled by itself to deliver what it had queued.
    expect(counts(held).accepted + counts(held).connected).toBe(2)
    expect(counts(stage.dialling).connected + counts(stage.dialling).accepted).toBe(1)
  })

  test.each([...MESSAGE_LOST, ['dialler', DIALLER.connect] as Break, ['dialler', DIALLER.inSeq - 1] as Break])(
    'that breaks at %s %i comes back, and what was lost is sent again',
    (...at) => {
      const stage = play(dialler, acceptor, at)
      const held = expectDelivery(stage)
      expect(stage.b.conversations.indexOf(held)).toBe(0)
      expect(stage.dialling.droppedCount + held.droppedCount).toBe(0)
    },
  )

  test.each([...EARLY, ...CONNECT_LOST, ...REPLY_LOST, ...MESSAGE_LOST])(
    'that loses a message, and then breaks at %s %i while it comes back, comes back once more',
    (...at) => {
      for (const first of MESSAGE_LOST) {
        const stage = play(dialler, acceptor, first, at)
        const held = expectDelivery(stage)
        expect(stage.b.conversations.indexOf(held)).toBe(0)
        expect(stage.dialling.droppedCount + held.droppedCount).toBe(0)
      }
    },
  )
})

test.each<[PolicyName, PolicyName]>([
  ['losslessClient', 'statefulServer'],
  ['losslessPeerReuse', 'losslessPeerReuse'],
  ['losslessPeerReuse', 'losslessPeer'],
])('a %s whose first handshakes with a %s are cut again and again has lost nothing: nobody is told', (...policies) => {
  for (const count of [1, 2, 3, 4]) {
    const pair = pairOf({ policy: Policies[policies[0]]() }, { policy: Policies[policies[1]]() })
    let left = count
    pair.network.planLink = (from) => planOf(from.equals(ADDR_A) && left-- > 0 ? ['acceptor', 282] : undefined)
    const dialling = pair.a.connect(ADDR_B)
    dialling.send(Note.of(1))
    while (pair.network.links.filter((link) => link.isBroken).length < count) pair.clock.advance(1)
    // B has agreed each time, which A has never heard.
    const held = pair.b.held.get(ADDR_A.toString())!
    expect(counts(held)).toEqual({ ...NOTHING, accepted: count })
    held.send(Note.of(2))
    pair.clock.advance(LONG_ENOUGH_MS)
    expect([dialling.ids, held.ids]).toEqual([[2], [1]])
    expect([counts(dialling).remoteReset, counts(held).remoteReset]).toEqual([0, 0])
  }
})

describe('an end marks its conversation down, and connects anew', () => {
  const roundTrip = (stage: Pair, from: Conversation, id: number): void => {
    from.send(Note.of(id))
    stage.clock.advance(LONG_ENOUGH_MS)
  }

  test('a lossless client: the server is told that it is another', () => {
    const stage = pairOf({ policy: Policies.losslessClient() }, { policy: Policies.statefulServer() })
    const first = stage.a.connect(ADDR_B)
    roundTrip(stage, first, 1)
    const held = stage.b.held.get(ADDR_A.toString())!
    first.markDown()
    stage.clock.advance(5)
    expect(held.session.state).toBe('standby')
    const second = stage.a.connect(ADDR_B)
    roundTrip(stage, second, 2)
    expect(second === first).toBe(false)
    expect(counts(held)).toEqual({ ...NOTHING, accepted: 2, remoteReset: 1 })
    expect(held.ids).toEqual([1, 2])
    expect(stage.b.conversations.map((each) => each.session.state)).toEqual(['open', 'closed'])
  })

  test('a stateful server: the client is told, and is back by itself', () => {
    const stage = pairOf({ policy: Policies.losslessClient() }, { policy: Policies.statefulServer() })
    const client = stage.a.connect(ADDR_B)
    roundTrip(stage, client, 1)
    stage.b.held.get(ADDR_A.toString())!.markDown()
    stage.clock.advance(LONG_ENOUGH_MS)
    expect(counts(client)).toEqual({ ...NOTHING, connected: 2, remoteReset: 1 })
    expect(client.session.state).toBe('open')
    roundTrip(stage, client, 2)
    expect(stage.b.held.get(ADDR_A.toString())?.ids).toEqual([2])
  })

  test.each(['losslessPeer', 'losslessPeerReuse'] as const)(
    'the other end of a %s: it stands by, and is told when it has something to send',
    (policy) => {
      const stage = pairOf({ policy: Policies[policy]() }, { policy: Policies[policy]() })
      const peer = stage.a.connect(ADDR_B)
      roundTrip(stage, peer, 1)
      stage.b.held.get(ADDR_A.toString())!.markDown()
      stage.clock.advance(LONG_ENOUGH_MS)
      expect(peer.session.state).toBe('standby')
      roundTrip(stage, peer, 2)
      // B has no session to resume, which it says whatever A's policy is. What A had queued is lost with the session.
      expect(counts(peer)).toEqual({ ...NOTHING, connected: 2, remoteReset: 1 })
      roundTrip(stage, peer, 3)
      expect(stage.b.held.get(ADDR_A.toString())?.ids).toEqual([3])
    },
  )

  test('a peer without resetCheck: the other goes on with the session it has, and is told nothing', () => {
    const stage = pairOf({ policy: Policies.losslessPeer() }, { policy: Policies.losslessPeer() })
    const first = stage.a.connect(ADDR_B)
    roundTrip(stage, first, 1)
    const held = stage.b.held.get(ADDR_A.toString())!
    first.markDown()
    stage.clock.advance(5)
    held.send(Note.of(20))
    // Nobody is there to accept it, so B keeps it, and A comes back as if it had never been there.
    const second = stage.a.connect(ADDR_B)
    roundTrip(stage, second, 2)
    expect(counts(held).remoteReset).toBe(0)
    expect([held.ids, [...first.ids, ...second.ids]]).toEqual([[1, 2], [20]])
  })
})
