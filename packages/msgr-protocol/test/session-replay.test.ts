import type { EntityAddr } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Policies, type PolicyName } from '../src/index.ts'
import type { Conversation } from './network/conversation.ts'
import type { Host } from './network/host.ts'
import type { LinkPlan } from './network/link.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B, LONG_ENOUGH_MS, pairOf } from './network/pair.ts'
import { ADDR_A2, ADDR_B2 } from './network/raw-peer-v2.ts'
import { integerFrom, seeded } from './network/seeded.ts'

const PRIORITIES = [63, 127, 196]

interface Story {
  readonly seed: number
  readonly policies: readonly [PolicyName, PolicyName]
  /** Whether B dials too, or only answers. */
  readonly bothDial: boolean
  /** The addresses; of version 1 by default. */
  readonly addrs?: Record<'a' | 'b', EntityAddr>
  /** Handshakes move from session to session before they are answered. */
  readonly areMoved?: boolean
}

/** Makes links that break, until enough have. What comes after them is perfect but for how it is cut. */
function planBreaks(random: () => number, areEnoughBroken: () => boolean): () => LinkPlan {
  return () => {
    const latencyMs = integerFrom(random, 0, 3)
    const most = random() < 0.1 ? 20 : 5_000
    const plan = { latencyMs, nextPiece: () => integerFrom(random, 1, most), noticeMs: { dialler: 0, acceptor: 0 } }
    if (areEnoughBroken()) return { ...plan, breakAfter: { dialler: Infinity, acceptor: Infinity } }
    // Half of them break within or soon after the handshake, which has about 450 and 320 bytes.
    const at = integerFrom(random, 0, random() < 0.5 ? 520 : 9_000)
    const breakAfter = random() < 0.5 ? { dialler: at, acceptor: Infinity } : { dialler: Infinity, acceptor: at }
    const noticeMs = { dialler: integerFrom(random, 0, 40), acceptor: integerFrom(random, 0, 40) }
    return { ...plan, breakAfter, noticeMs }
  }
}

function conversationWith(host: Host, peer: typeof ADDR_A): Conversation | undefined {
  return host.held.get(peer.toString())
}

/** One run: two hosts, messages both ways at random times, and at least two links that break at random bytes. */
export function run(story: Story): { sent: Record<'a' | 'b', Note[]>; a: Conversation; b: Conversation } {
  const random = seeded(story.seed)
  const [policyA, policyB] = story.policies
  // One message in ten is held back for a while, as a throttle would, and what is on its way still comes.
  const admits = (): boolean => random() > 0.1
  const addrs = story.addrs ?? { a: ADDR_A, b: ADDR_B }
  const moves = (): number => (story.areMoved === true ? integerFrom(random, 0, 2) : 0)
  const { clock, network, a, b } = pairOf(
    { policy: Policies[policyA](), addr: addrs.a, random, admits, moves },
    { policy: Policies[policyB](), addr: addrs.b, random, admits, moves },
  )
  const breakCount = integerFrom(random, 2, 6)
  const areEnoughBroken = (): boolean => network.links.filter((link) => link.isBroken).length >= breakCount
  network.planLink = planBreaks(random, areEnoughBroken)
  const sent: Record<'a' | 'b', Note[]> = { a: [], b: [] }
  const note = (): Note => {
    const dataLength = random() < 0.2 ? integerFrom(random, 0, 6_000) : integerFrom(random, 0, 60)
    const priority = PRIORITIES[integerFrom(random, 0, 2)]!
    return Note.of(sent.a.length + sent.b.length, { dataLength, priority })
  }
  const sendFrom = (who: 'a' | 'b'): void => {
    const host = who === 'a' ? a : b
    const peerAddr = who === 'a' ? addrs.b : addrs.a
    const dials = who === 'a' || story.bothDial
    const conversation = dials ? host.connect(peerAddr) : conversationWith(host, peerAddr)
    if (conversation === undefined) return
    const notes = Array.from({ length: integerFrom(random, 1, 4) }, () => {
      const made = note()
      sent[who].push(made)
      return made
    })
    conversation.send(...notes)
  }
  sendFrom('a')
  for (let i = 0; i < 12; i++) {
    clock.advance(integerFrom(random, 0, 30))
    sendFrom(random() < 0.5 ? 'a' : 'b')
  }
  // The links that are still to break need traffic to do so.
  while (!areEnoughBroken()) {
    clock.advance(1_000)
    sendFrom('a')
    sendFrom('b')
  }
  clock.advance(LONG_ENOUGH_MS)
  return { sent, a: conversationWith(a, addrs.b)!, b: conversationWith(b, addrs.a)! }
}

function inClass(notes: readonly Note[], priority: number): number[] {
  return notes.filter((note) => note.priority === priority).map((note) => note.id)
}

function expectOnceAndInOrder(sent: readonly Note[], at: Conversation): void {
  expect(at.received).toHaveLength(sent.length)
  for (const priority of PRIORITIES) expect(inClass(at.received, priority)).toEqual(inClass(sent, priority))
  expect(at.received.every((note) => note.isIntact)).toBe(true)
}

const LOSSLESS: readonly (Omit<Story, 'seed'> & { name: string })[] = [
  { name: 'a client of a stateful server', policies: ['losslessClient', 'statefulServer'], bothDial: false },
  { name: 'a peer that may dial back', policies: ['losslessPeer', 'losslessPeer'], bothDial: false },
  { name: 'peers that both dial', policies: ['losslessPeer', 'losslessPeer'], bothDial: true },
  {
    name: 'peers that notice resets, both dialling',
    policies: ['losslessPeerReuse', 'losslessPeerReuse'],
    bothDial: true,
  },
  {
    name: 'a peer that only answers and notices resets',
    policies: ['losslessPeerReuse', 'losslessPeerReuse'],
    bothDial: false,
  },
  {
    name: 'peers that both dial, where handshakes move from session to session',
    policies: ['losslessPeer', 'losslessPeer'],
    bothDial: true,
    areMoved: true,
  },
  {
    name: 'peers that both dial in version 2, where handshakes move from session to session',
    policies: ['losslessPeer', 'losslessPeer'],
    bothDial: true,
    areMoved: true,
    addrs: { a: ADDR_A2, b: ADDR_B2 },
  },
]

describe('with a lossless policy and two or more broken links, each message arrives once and in order', () => {
  for (const { name, ...story } of LOSSLESS) {
    test(name, () => {
      fc.assert(
        fc.property(fc.integer(), (seed) => {
          const { sent, a, b } = run({ seed, ...story })
          expectOnceAndInOrder(sent.a, b)
          expectOnceAndInOrder(sent.b, a)
          // Nothing is left to be sent or acknowledged, and nobody was told of a loss.
          for (const { session, kinds, droppedCount } of [a, b]) {
            expect(droppedCount).toBe(0)
            expect(session.state).toMatch(/^(open|standby)$/)
            expect(session.queue.length + session.queue.sentCount).toBe(0)
            expect(kinds).not.toContain('remoteReset')
            expect(kinds).not.toContain('closed')
          }
        }),
        { numRuns: story.areMoved === true ? 150 : 300 },
      )
    })
  }
})
