import { crc32c } from '@msgr/bufferlist'
import { EntityAddr, EntityAddrVec, EntityType, MessageRegistry } from '@msgr/message'
import {
  type AcceptDecision,
  type AskedSession,
  type AuthorizerVerdict,
  ConnectionMode,
  afterLossy,
  decideAccept,
  DEFAULT_LIMITS,
  type Authorizer,
  type FrameRevision,
  GlobalSeq,
  NO_AUTHORIZER,
  type Policy,
  type ProtocolLimits,
  protocolVersion,
  type SessionEvent,
  type SessionOptions,
  type SessionSummary,
  type SessionTiming,
  type TransportSecurity,
} from '../../src/index.ts'
import { Conversation } from './conversation.ts'
import { Link, type LinkEnd, type LinkPlan, PERFECT } from './link.ts'
import { Note } from './note.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface HostSettings {
  readonly addr: EntityAddr
  readonly policy: Policy
  /** Instead of `policy`, for peers of the type; -1 while one has not said. */
  readonly policyFor?: (peerType: number) => Policy
  readonly type?: number
  readonly num?: number
  readonly timing?: Partial<SessionTiming>
  readonly limits?: Partial<ProtocolLimits>
  readonly random?: () => number
  readonly clusterProtocol?: number
  /** What it shows to a peer, with the challenge that came. */
  readonly authorizer?: (challenge: Uint8Array | undefined) => Authorizer
  /** Undefined: the test will answer later. */
  readonly judge?: (authorizer: Authorizer) => AuthorizerVerdict | undefined
  /** What it gets of the peer's answer to its authorizer. */
  readonly security?: () => TransportSecurity | undefined
  /** Version 2: the modes it asks for or allows, and the newest revision it speaks. */
  readonly modes?: readonly number[]
  readonly maxRevision?: FrameRevision
  /** False holds a message back for `holdBackMs`, while the link is paused. */
  readonly admits?: () => boolean
  readonly holdBackMs?: number
  /** How long it ponders each question of a handshake. */
  readonly answersAfterMs?: () => number
  /** How often the handshake of a peer that asks is moved to another session before it is answered. */
  readonly moves?: () => number
  /** Bytes it reads at once. */
  readonly slabSize?: number
  /** Sees each event before it is carried out. */
  readonly watch?: (conversation: Conversation, event: SessionEvent) => void
  /** Sees what becomes of a request, and what was held for the peer, before it is acted on. */
  readonly watchDecision?: (asking: Conversation, what: Decided) => void
}

export interface Decided {
  readonly asked: AskedSession
  readonly held: SessionSummary | undefined
  readonly kind: AcceptDecision['kind']
}

export const TIMING: SessionTiming = {
  initialBackoffMs: 200,
  maxBackoffMs: 15_000,
  connectionReadyTimeoutMs: 10_000,
  connectionIdleTimeoutMs: 900_000,
}

const WHERE_UNKNOWN_HOSTS_ARE = EntityAddr.parse('v1:10.9.9.9:0/0')

/** Where hosts find each other, and what the links between them are like. */
export class Network {
  readonly clock: VirtualClock
  /** What the next link is like. `from` is the address of whoever dials. */
  planLink: (from: EntityAddr, to: EntityAddr) => LinkPlan | 'refused' | 'lost' = () => PERFECT
  readonly links: Link[] = []
  readonly #hosts = new Map<string, Host>()

  constructor(clock: VirtualClock) {
    this.clock = clock
  }

  /** A host without a port does not listen. */
  add(host: Host): void {
    if (host.addr.port !== 0) this.#hosts.set(`${host.addr.host}:${host.addr.port}`, host)
  }

  remove(host: Host): void {
    const key = `${host.addr.host}:${host.addr.port}`
    if (this.#hosts.get(key) === host) this.#hosts.delete(key)
  }

  /** Calls back when the link is there, or cannot be; never if the attempt is lost on its way. */
  dial(from: Conversation, to: EntityAddr, done: (end: LinkEnd | Error) => void): () => void {
    const { addr } = from.host
    const plan = this.planLink(addr, to)
    if (plan === 'lost') return () => undefined
    return this.clock.after(plan === 'refused' ? 1 : plan.latencyMs, () => {
      const host = this.#hosts.get(`${to.host}:${to.port}`)
      if (plan === 'refused' || host === undefined) {
        done(Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' }))
        return
      }
      const source = addr.isBlankIp ? WHERE_UNKNOWN_HOSTS_ARE : addr
      const seen = source.with({ type: to.type, nonce: 0, port: 40_000 + this.links.length })
      const link = new Link(this.clock, plan, { dialler: seen, acceptor: to })
      link.dialledBy = from
      this.links.push(link)
      host.accept(link.acceptor)
      done(link.dialler)
    })
  }
}

/** What a messenger is to its sessions: it holds them by address, answers their questions and moves their bytes. */
export class Host {
  readonly network: Network
  readonly settings: HostSettings
  readonly addr: EntityAddr
  readonly sessionOptions: SessionOptions
  /** Sessions by the address of their peer, and all there have been. */
  readonly held: Map<string, Conversation> = new Map<string, Conversation>()
  readonly conversations: Conversation[] = []
  /** Transports of this host read into this one after the other. */
  slab: Uint8Array
  slabCount = 1

  constructor(network: Network, settings: HostSettings) {
    this.network = network
    this.settings = settings
    this.addr = settings.addr
    this.slab = new Uint8Array(settings.slabSize ?? 16 * 1024)
    this.sessionOptions = sessionOptionsOf(settings)
    network.add(this)
  }

  find(addr: EntityAddr): Conversation | undefined {
    return this.held.get(addr.toString())
  }

  /** The conversation held with the address, or a new one. */
  connect(addr: EntityAddr, type: number = EntityType.osd): Conversation {
    const held = this.find(addr)
    if (held !== undefined) return held
    const conversation = Conversation.dial(this, addr, type)
    this.held.set(addr.toString(), conversation)
    this.conversations.push(conversation)
    conversation.pump()
    return conversation
  }

  accept(end: LinkEnd): void {
    this.conversations.push(Conversation.accept(this, end))
  }

  /** Answers a request as a messenger would. */
  decide(asking: Conversation, asked: AskedSession): void {
    const held = this.find(asking.session.facts.peerAddr)
    const decision = decideAccept(asked, held?.session.facts)
    asking.decisions.push(decision.kind)
    this.settings.watchDecision?.(asking, { asked, held: held?.session.facts, kind: decision.kind })
    if (decision.kind !== 'replace' || held === undefined) {
      if (decision.kind === 'wait') held?.keepalive(0) // so that our own attempt is carried through
      if (decision.kind === 'resetSession' && decision.hasAgreed === true) held?.beginAnew()
      if (decision.kind !== 'replace') asking.answerConnect(decision)
    } else if (held.session.facts.lossy) {
      held.reset()
      asking.answerConnect(afterLossy(asked))
    } else {
      held.takeOver(asking, decision.discardOld)
    }
  }

  /** From now on the conversation can be found by its peer's address, unless it is one that stands for itself. */
  accepted(conversation: Conversation): void {
    const { lossy, policy, peerAddr } = conversation.session.facts
    if (!policy.server || !lossy || policy.registerLossyClients) this.held.set(peerAddr.toString(), conversation)
  }

  closed(conversation: Conversation): void {
    const key = conversation.session.facts.peerAddr.toString()
    if (this.held.get(key) === conversation) this.held.delete(key)
  }

  /** The process dies: all sessions are gone, their sockets are closed, and nobody listens. */
  die(): void {
    for (const conversation of this.conversations) conversation.markDown()
    this.network.remove(this)
  }
}

export function sessionOptionsOf(settings: HostSettings): SessionOptions {
  const limits = { ...DEFAULT_LIMITS, ...settings.limits }
  const ownType = settings.type ?? EntityType.osd
  return {
    wire: {
      ownType,
      ownNum: settings.num ?? 0,
      crc32c,
      crcHeader: true,
      crcData: true,
      limits,
      ...(settings.maxRevision !== undefined && { maxRevision: settings.maxRevision }),
    },
    registry: new MessageRegistry([Note]),
    globalSeq: new GlobalSeq(),
    ownType,
    ownAddr: () => settings.addr,
    ownAddrs: () => new EntityAddrVec([settings.addr]),
    termsFor: (peerType, role) => ({
      modes: settings.modes ?? [ConnectionMode.crc],
      policy: settings.policyFor?.(peerType) ?? settings.policy,
      protocolVersion: protocolVersion({
        ownType,
        peerType,
        clusterProtocol: settings.clusterProtocol ?? 10,
        connecting: role === 'dial',
      }),
    }),
    random: settings.random ?? (() => 0.5),
    timing: { ...TIMING, ...settings.timing },
    maxHandshakeRounds: limits.maxHandshakeRounds,
  }
}

export function showNothing(): Authorizer {
  return NO_AUTHORIZER
}

export function acceptAll(): AuthorizerVerdict {
  return { kind: 'accepted', reply: new Uint8Array(0) }
}
