import type { EntityAddr } from '@msgr/message'
import { Policies, type Policy, type SessionEvent } from '../../src/index.ts'
import { Conversation } from '../network/conversation.ts'
import { Host, Network } from '../network/host.ts'
import { type LinkPlan, PERFECT } from '../network/link.ts'
import { Note } from '../network/note.ts'
import { integerFrom, seeded } from '../network/seeded.ts'
import { VirtualClock } from '../network/virtual-clock.ts'
import { Journal } from './journal.ts'
import { Ledger } from './ledger.ts'
import { addrOf, hostOfAddr, nameOf } from './parties.ts'
import type { HostPlan, LinkTrouble, NotePlan, RestartStep, Scenario, Step } from './scenario.ts'
import { emptyTally, type Tally } from './tally.ts'
import { PATIENT_MS } from './unfold.ts'
import { Witness } from './witness.ts'

const MANY_PIECES = 150
const CRUMBLESS_BYTES = 4_000
/** Many times what the longest of all scenarios takes. */
const MAX_TASKS = 200_000
const LONG_UNNOTICED_MS = 500

/** The hosts of a scenario, the network between them, and the applications that use them. */
export class Stage {
  readonly scenario: Scenario
  readonly clock: VirtualClock = new VirtualClock({ maxTasks: MAX_TASKS })
  readonly network: Network
  readonly journal: Journal
  readonly ledger: Ledger
  readonly tally: Tally = emptyTally()
  /** Every process there has been. */
  readonly allHosts: Host[] = []
  /** The process that runs at each place; undefined while there is none. */
  readonly hosts: (Host | undefined)[] = []
  /** By host: where its peers are, as far as it knows. */
  readonly #known: EntityAddr[][]
  readonly #nonces: number[]
  readonly #crashed = new Set<number>()
  readonly #random: () => number
  readonly #witness: Witness
  readonly #answers = new Map<number, NotePlan | 'markDown'>()
  #linkCount = 0
  #isHealed = false

  constructor(scenario: Scenario, isTracing: boolean) {
    this.scenario = scenario
    this.network = new Network(this.clock)
    this.network.planLink = (from, to) => this.#planLink(from, to)
    this.journal = new Journal(this.clock, isTracing)
    this.ledger = new Ledger(this.journal)
    this.#witness = new Witness(this)
    this.#random = seeded(~scenario.seed)
    this.#nonces = scenario.hosts.map((plan) => plan.nonce)
    const addrs = scenario.hosts.map((_, index) => this.currentAddr(index))
    this.#known = scenario.hosts.map(() => [...addrs])
    for (const index of scenario.hosts.keys()) this.#start(index)
  }

  currentAddr(index: number): EntityAddr {
    const { port } = this.scenario.hosts[index]!
    return addrOf(this.scenario.wire, index, { port, nonce: this.#nonces[index]! })
  }

  perform(step: Step): void {
    this.journal.note(() => `step ${JSON.stringify(step)}`)
    switch (step.kind) {
      case 'send':
        this.send(step.from, step.to, step.notes)
        return
      case 'keepalive':
        this.#between(step.from, step.to)?.keepalive(this.clock.nowMs)
        this.tally.keepalives++
        return
      case 'markDown': {
        const found = this.#between(step.from, step.to, 'held')
        if (found !== undefined) this.#markDown(found)
        return
      }
      case 'makeLossy': {
        const found = this.#between(step.from, step.to, 'held')
        if (found === undefined) return
        found.session.makeLossy()
        this.ledger.madeLossy(found)
        this.tally.madeLossy++
        return
      }
      case 'cut':
        this.#cut(step.hosts, step.noticeMs)
        return
      case 'restart':
        this.#restart(step)
    }
  }

  /** The application of one host sends to another, as far as it has a session with it or may begin one. */
  send(from: number, to: number, notes: readonly NotePlan[]): void {
    const conversation = this.#between(from, to)
    if (conversation !== undefined) this.#sendOn(conversation, notes)
  }

  /** A message has come; its plan may say that it is answered, from inside the handler. */
  answer(conversation: Conversation, id: number): void {
    const plan = this.#answers.get(id)
    if (plan === undefined) return
    if (plan === 'markDown') {
      if (!this.#isHealed) this.#markDown(conversation)
      return
    }
    this.tally.answers++
    this.#sendOn(conversation, [plan])
  }

  /** From here on there is no trouble, and silence is borne. What was under way may still come. */
  heal(): void {
    this.journal.note(() => 'the network is perfect from here on')
    this.#isHealed = true
    for (const { sessionOptions } of this.allHosts) {
      Object.assign(sessionOptions.timing, { connectionIdleTimeoutMs: PATIENT_MS })
    }
    for (const link of this.network.links) link.settle()
  }

  /** What was begun before the network was perfect is over: links are, and everybody knows where everybody is. */
  settle(): void {
    for (const link of this.network.links) link.settle()
    for (const index of this.scenario.hosts.keys()) this.#learn(index)
  }

  /** Who dialled the link that a session has: nobody is left of that process, or of that session alone. */
  isDialledBy({ link }: Conversation, who: 'ghost' | 'ended'): boolean {
    const by = this.network.links.find(({ acceptor }) => acceptor === link)?.dialledBy
    if (!(by instanceof Conversation)) return false
    return who === 'ghost' ? !this.hosts.includes(by.host) : by.session.state === 'closed'
  }

  #start(index: number): void {
    const plan = this.scenario.hosts[index]!
    const addr = this.currentAddr(index)
    const host = new Host(this.network, {
      addr,
      type: plan.type,
      num: index,
      policy: Policies.losslessPeer(),
      policyFor: (peerType) => this.#policy(index, peerType),
      timing: plan.timing,
      random: this.#random,
      slabSize: plan.slabSize,
      ...this.#habits(plan),
      watch: (conversation, event: SessionEvent) => {
        this.#witness.see(conversation, event)
      },
      watchDecision: (asking, decided) => {
        this.#witness.seeDecision(asking, decided)
      },
    })
    this.hosts[index] = host
    this.allHosts.push(host)
    if (this.#isHealed) Object.assign(host.sessionOptions.timing, { connectionIdleTimeoutMs: PATIENT_MS })
  }

  #habits({ holdBackShare, holdBackMs, ponderShare, ponderMs }: HostPlan): {
    admits: () => boolean
    holdBackMs: number
    answersAfterMs: () => number
  } {
    return {
      admits: () => this.#random() >= holdBackShare,
      holdBackMs,
      answersAfterMs: () => (this.#random() < ponderShare ? ponderMs : 0),
    }
  }

  #policy(index: number, peerType: number): Policy {
    for (const { hosts, policies } of this.scenario.pairs) {
      const at = hosts.indexOf(index)
      const other = hosts[1 - at]
      if (at >= 0 && other !== undefined && this.scenario.hosts[other]?.type === peerType) {
        return POLICY[policies[at]!]!
      }
    }
    return POLICY['losslessPeer']!
  }

  /** The session that one host has with another. A host that may dial begins one, unless only a `held` one counts. */
  #between(from: number, to: number, which: 'held' | 'any' = 'any'): Conversation | undefined {
    const host = this.hosts[from]
    const addr = this.#known[from]![to]!
    const held = host?.find(addr)
    if (host === undefined || held !== undefined) return held
    const { type } = this.scenario.hosts[to]!
    if (which === 'any' && addr.port !== 0 && !this.#policy(from, type).server) return host.connect(addr, type)
    // A server uses what its client has open, also if that stands for itself.
    return host.conversations.findLast(
      ({ session: { state, facts } }) => state === 'open' && facts.peerAddr.equals(addr),
    )
  }

  #sendOn(conversation: Conversation, plans: readonly NotePlan[]): void {
    for (const plan of plans) {
      const { state } = conversation.session
      const { dataLength, priority, answer } = plan
      const note = Note.of(this.ledger.nextId, { dataLength, priority })
      this.journal.note(() => `${nameOf(conversation)} sends ${note.id}: ${dataLength} bytes of priority ${priority}`)
      if (answer !== undefined) this.#answers.set(note.id, answer)
      this.ledger.sent(conversation, note)
      this.tally.sent++
      if (state === 'standby') this.tally.sentInStandby++
      if (state === 'connecting') this.tally.sentWhileConnecting++
      conversation.send(note)
    }
  }

  #markDown(conversation: Conversation): void {
    if (conversation.session.state === 'closed') return
    this.journal.note(() => `${nameOf(conversation)} is marked down`)
    this.tally.markDowns++
    this.ledger.over(conversation, 'markedDown')
    conversation.markDown()
  }

  #cut([a, b]: readonly [number, number], [noticeA, noticeB]: readonly [number, number]): void {
    const link = this.network.links.findLast(
      ({ isBroken, isInUse, addrs: { dialler, acceptor } }) =>
        !isBroken && isInUse && isPair([hostOfAddr(dialler), hostOfAddr(acceptor)], [a, b]),
    )
    if (link === undefined) return
    if (Math.max(noticeA, noticeB) >= LONG_UNNOTICED_MS) this.tally.halfOpens++
    const isDialledByA = hostOfAddr(link.addrs.dialler) === a
    link.break(isDialledByA ? { dialler: noticeA, acceptor: noticeB } : { dialler: noticeB, acceptor: noticeA })
  }

  #restart(step: RestartStep): void {
    const host = this.hosts[step.host]
    if (host === undefined) return
    this.tally[step.how === 'exit' ? 'exits' : 'crashes']++
    if (step.how === 'crash') this.#silence(step)
    for (const conversation of host.conversations) {
      if (conversation.session.state !== 'closed') this.ledger.over(conversation, 'markedDown')
    }
    host.die()
    this.hosts[step.host] = undefined
    this.clock.after(step.downMs, () => {
      this.#comeBack(step)
    })
  }

  /** What the host had open leads nowhere, which nobody says to its peers. */
  #silence({ host, downMs }: RestartStep): void {
    this.#crashed.add(host)
    // The first thing that a peer says to the new process is refused.
    const noticeMs = downMs + integerFrom(this.#random, 0, 5_000)
    for (const link of this.network.links) {
      const { dialler, acceptor } = link.addrs
      if (hostOfAddr(dialler) === host) link.break({ dialler: 0, acceptor: noticeMs })
      if (hostOfAddr(acceptor) === host) link.break({ dialler: noticeMs, acceptor: 0 })
    }
  }

  #comeBack({ host: index, newNonce, learnedAfterMs }: RestartStep): void {
    this.#crashed.delete(index)
    if (newNonce !== undefined) {
      this.tally.newNonces++
      this.#nonces[index] = newNonce
    }
    this.#start(index)
    this.journal.note(() => `host ${index} is back as ${this.currentAddr(index).toString()}`)
    this.#known[index] = this.scenario.hosts.map((_, other) => this.currentAddr(other))
    if (newNonce === undefined) return
    this.clock.after(learnedAfterMs, () => {
      this.#learn(index)
    })
  }

  /** All others get to know where a host is, and mark down what they have with one that is gone. */
  #learn(index: number): void {
    const addr = this.currentAddr(index)
    for (const [other, host] of this.hosts.entries()) {
      if (other === index) continue
      this.#known[other]![index] = addr
      for (const conversation of host?.conversations ?? []) {
        const { peerAddr } = conversation.session.facts
        const isGone = hostOfAddr(peerAddr) === index && !peerAddr.equals(addr)
        if (isGone && conversation.session.state !== 'accepting') this.#markDown(conversation)
      }
    }
  }

  #planLink(from: EntityAddr, to: EntityAddr): LinkPlan | 'refused' | 'lost' {
    this.tally.dials++
    if (this.#crashed.has(hostOfAddr(to))) {
      this.tally.lostDials++
      return 'lost'
    }
    const trouble = this.#isHealed ? undefined : this.scenario.links[this.#linkCount++]
    this.journal.note(
      () => `${hostOfAddr(from)} dials ${hostOfAddr(to)}: ${trouble === undefined ? '' : JSON.stringify(trouble)}`,
    )
    if (trouble?.fails !== undefined) {
      this.tally[trouble.fails === 'lost' ? 'lostDials' : 'refusedDials']++
      return trouble.fails
    }
    return trouble === undefined ? PERFECT : this.#troubledLink(trouble)
  }

  #troubledLink({ latencyMs, maxPieceBytes, breaks, stalls, noticeMs }: LinkTrouble): LinkPlan {
    let pieceCount = 0
    const nextPiece = (): number => {
      if (maxPieceBytes === 0) return Infinity
      // The handshake and the first messages in crumbs tell all there is to tell.
      return integerFrom(this.#random, 1, pieceCount++ < MANY_PIECES ? maxPieceBytes : CRUMBLESS_BYTES)
    }
    const breakAfter = { ...PERFECT.breakAfter, ...(breaks && { [breaks.end]: breaks.atBytes }) }
    const plan = { latencyMs, nextPiece, breakAfter, noticeMs }
    return stalls === undefined
      ? plan
      : { ...plan, stallAfter: { [stalls.end]: stalls.atBytes }, stallMs: stalls.forMs }
  }
}

function isPair(one: readonly [number, number], other: readonly [number, number]): boolean {
  return (one[0] === other[0] && one[1] === other[1]) || (one[0] === other[1] && one[1] === other[0])
}

const POLICY: Readonly<Record<string, Policy>> = Object.fromEntries(
  Object.entries(Policies).map(([name, make]) => [name, make()]),
)
