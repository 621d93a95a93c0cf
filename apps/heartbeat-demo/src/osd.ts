import type { Uuid } from '@msgr/bufferlist'
import { ClusterProtocol, EntityName, EntityType, Policies } from '@msgr/messenger'
import type { Connection, EntityAddr, Messenger, MessengerSettings } from '@msgr/messenger'
import { HeartbeatDispatcher, type HeartbeatHost } from './heartbeat-dispatcher.ts'
import { HeartbeatLink, type FailureReason, type PeerTarget } from './heartbeat-link.ts'
import type { HeartbeatChannel } from './heartbeat-peer.ts'
import { MOSDPing, MOSDPingOp } from './m-osd-ping.ts'
import { makeMessenger, type FastDispatcherSettings, type MessengerChoice } from './messenger-choice.ts'
import { nowMs, stampKey, toNanoseconds, wallStamp } from './mono-clock.ts'
import { OsdKnowledge } from './osd-knowledge.ts'
import { PeerClocks } from './peer-clock.ts'
import type { PingAnswererData } from './ping-answerer-thread.ts'

/** What an OSD is made with. */
export interface OsdOptions {
  readonly id: number
  readonly fsid: Uuid
  readonly messenger: MessengerChoice
  /** Pings go out after a twelfth of this and a random nought to nine tenths of it: 0.5 s to 5.9 s of 6 s, as in Ceph. */
  readonly intervalMs: number
  /** A peer that leaves a ping unanswered for so long has failed. */
  readonly graceMs: number
  readonly minMessageSize: number
  /** Take a peer for dead at once when nobody listens at its address. Ceph: osd_fast_fail_on_connection_refused */
  readonly fastFail: boolean
  readonly random: () => number
  /** Bind to exactly the port that is given or give up at once. */
  readonly bindOnce?: boolean
  /** For each of its messengers: how it proves who it is, its log, its ports, … */
  readonly settings?: MessengerSettings
}

/** Who is told of what an OSD sees. */
export interface OsdObserver {
  /** A ping was answered in time. */
  pingAnswered(link: HeartbeatLink, channel: HeartbeatChannel, rttMs: number): void
  /** A peer is taken for dead; told once, until it has recovered. */
  peerFailed(link: HeartbeatLink, reason: FailureReason, failedForMs: number): void
  peerRecovered(link: HeartbeatLink): void
  /** A peer says that its map, of this epoch, has us as down. */
  youDied(sender: number, mapEpoch: number): void
  /** A peer is no longer pinged; its counts are final. */
  linkClosed(link: HeartbeatLink): void
}

/** The two addresses an OSD can be pinged at. */
export interface HeartbeatAddresses {
  readonly front: EntityAddr
  readonly back: EntityAddr
}

/**
 * What answers pings on the threads of the two servers. Where this module is read as source, as it is in tests, threads
 * load what was built: they could not read source.
 */
const PING_ANSWERER = new URL(
  import.meta.url.endsWith('.ts') ? '../dist/ping-answerer-thread.js' : './ping-answerer-thread.js',
  import.meta.url,
)

/**
 * The heartbeat half of an OSD: three messengers, one that pings and two that are pinged, and a peer for each OSD it
 * watches. It does not know where its peers come from, and decides nothing about them but whether they answer.
 *
 * Ceph: src/osd/OSD.cc, heartbeat, heartbeat_check, handle_osd_ping
 *
 * Differs from Ceph: a check that comes much too late is left out, since answers may be waiting in the sockets of a
 * process that was not running. Ceph before 12 did so when messages had waited too long in the dispatch queue.
 */
export class Osd implements HeartbeatHost {
  readonly hbclient: Messenger
  readonly hbFrontServer: Messenger
  readonly hbBackServer: Messenger
  readonly clocks: PeerClocks = new PeerClocks()
  readonly knowledge: OsdKnowledge = new OsdKnowledge()
  readonly #options: OsdOptions
  readonly #observer: OsdObserver
  readonly #links = new Map<string, HeartbeatLink>()
  #roundTimer: NodeJS.Timeout | undefined
  #checkTimer: NodeJS.Timeout | undefined
  #lastCheckMs = 0
  #lastStampMs = 0

  constructor(options: OsdOptions, observer: OsdObserver) {
    this.#options = options
    this.#observer = observer
    this.hbclient = this.#makeMessenger('client')
    this.hbFrontServer = this.#makeMessenger('server')
    this.hbBackServer = this.#makeMessenger('server')
  }

  get id(): number {
    return this.#options.id
  }

  get fsid(): Uuid {
    return this.#options.fsid
  }

  get minMessageSize(): number {
    return this.#options.minMessageSize
  }

  get addresses(): HeartbeatAddresses {
    return { front: this.hbFrontServer.myAddr, back: this.hbBackServer.myAddr }
  }

  get links(): Iterable<HeartbeatLink> {
    return this.#links.values()
  }

  nowMs(): number {
    return nowMs()
  }

  /** Begins to answer at these addresses and to ping whoever is a peer. Throws `MessengerError` if it cannot bind. */
  async start(bind: HeartbeatAddresses): Promise<HeartbeatAddresses> {
    await this.hbFrontServer.bind(bind.front)
    await this.hbBackServer.bind(bind.back)
    this.#lastCheckMs = nowMs()
    this.#scheduleRound()
    this.#scheduleCheck()
    return this.addresses
  }

  /** Moves to other ports as another incarnation, and pings nobody until it is given peers again. */
  async rebind(): Promise<HeartbeatAddresses> {
    this.setPeers([])
    const ports = [this.hbFrontServer.myAddr.port, this.hbBackServer.myAddr.port]
    await this.hbFrontServer.rebind(ports)
    await this.hbBackServer.rebind(ports)
    return this.addresses
  }

  /** Pings these from now on, and nobody else. Targets with a known key keep their connections and their history. */
  setPeers(targets: readonly PeerTarget[]): void {
    const wanted = new Set(targets.map(({ key }) => key))
    for (const [key, link] of this.#links) {
      if (wanted.has(key)) continue
      link.close()
      this.#links.delete(key)
      this.#observer.linkClosed(link)
    }
    if (this.knowledge.isStopping) return
    for (const target of targets) {
      if (this.#links.has(target.key)) continue
      this.#links.set(target.key, new HeartbeatLink(target, this.hbclient, this.#options.graceMs))
    }
  }

  /** Pings and answers nobody any more. Resolves when all sockets are closed. */
  async stop(): Promise<void> {
    this.knowledge.isStopping = true
    clearTimeout(this.#roundTimer)
    clearTimeout(this.#checkTimer)
    this.setPeers([])
    await Promise.all([this.hbclient.shutdown(), this.hbFrontServer.shutdown(), this.hbBackServer.shutdown()])
  }

  pingReplied(connection: Connection, reply: MOSDPing): void {
    const { pingStamp, monoSendStamp, deltaUb } = reply.fields
    const sender = reply.source?.num
    const link = this.#linkOf(connection)
    if (link === undefined || sender === undefined) return
    // Someone else answers where this peer is said to be.
    if (link.id !== undefined && link.id !== sender) return
    link.id = sender
    const channel = link.channelOf(connection)
    const outcome = link.noteReply(connection, stampKey(pingStamp), reply.recvStampMs)
    if (outcome === undefined || channel === undefined) return
    this.clocks.of(sender).gotPingReply(monoSendStamp, deltaUb, toNanoseconds(nowMs()))
    if (outcome.kind === 'onTime') this.#observer.pingAnswered(link, channel, outcome.rttMs)
    if (outcome.kind === 'outdated' || link.failure === undefined || !link.peer.isHealthy(nowMs())) return
    link.failure = undefined
    this.#observer.peerRecovered(link)
  }

  youDied(sender: number, mapEpoch: number): void {
    this.#observer.youDied(sender, mapEpoch)
  }

  connectionReset(connection: Connection): void {
    if (!this.knowledge.isStopping) this.#linkOf(connection)?.reopen()
  }

  connectionRefused(connection: Connection): void {
    const link = this.#linkOf(connection)
    if (link !== undefined && this.#options.fastFail) this.#fail(link, 'refused')
  }

  #fail(link: HeartbeatLink, reason: FailureReason): void {
    if (link.failure !== undefined) return
    link.failure = reason
    const now = nowMs()
    this.#observer.peerFailed(link, reason, now - (link.peer.failedSinceMs ?? now))
  }

  #linkOf(connection: Connection): HeartbeatLink | undefined {
    const link = connection.priv
    return link instanceof HeartbeatLink && link.channelOf(connection) !== undefined ? link : undefined
  }

  #scheduleRound(): void {
    const { intervalMs, random } = this.#options
    const delayMs = intervalMs / 12 + (Math.floor(random() * 10) / 10) * intervalMs
    this.#roundTimer = setTimeout(() => {
      this.#pingAll()
      this.#scheduleRound()
    }, delayMs)
  }

  #pingAll(): void {
    for (const link of this.#links.values()) {
      // Each ping has a stamp of its own: two of them could not be told apart by the same one.
      const now = Math.max(nowMs(), this.#lastStampMs + 0.001)
      this.#lastStampMs = now
      const pingStamp = wallStamp(now)
      link.sendPing(this.#makePing(link, now, pingStamp), stampKey(pingStamp), now)
    }
  }

  #makePing(link: HeartbeatLink, now: number, pingStamp: ReturnType<typeof wallStamp>): MOSDPing {
    const { fsid, minMessageSize } = this
    const { mapEpoch, upFrom } = this.knowledge.epochs
    const mono = toNanoseconds(now)
    const deltaUb = link.id === undefined ? undefined : this.clocks.of(link.id).deltaUbToSend
    return new MOSDPing({
      op: MOSDPingOp.ping,
      fsid,
      mapEpoch,
      upFrom,
      minMessageSize,
      pingStamp,
      monoPingStamp: mono,
      monoSendStamp: mono,
      deltaUb,
    })
  }

  #scheduleCheck(): void {
    const delayMs = Math.min(this.#options.intervalMs / 2, 1000)
    this.#checkTimer = setTimeout(() => {
      const now = nowMs()
      const isLate = now - this.#lastCheckMs > delayMs + this.#options.graceMs / 2
      this.#lastCheckMs = now
      if (!isLate) this.#check(now)
      this.#scheduleCheck()
    }, delayMs)
  }

  #check(now: number): void {
    for (const link of this.#links.values()) {
      link.peer.sweep(now)
      if (link.peer.isUnhealthy(now)) this.#fail(link, 'silence')
    }
  }

  /** Threads of the client get answers, which are for this one. */
  get #pingAnswerer(): FastDispatcherSettings {
    const { fsid, minMessageSize } = this.#options
    const data: PingAnswererData = { fsid: fsid.toString(), minMessageSize, knowledge: this.knowledge.memory }
    return { fastDispatcher: PING_ANSWERER, fastDispatcherData: data }
  }

  #makeMessenger(role: 'client' | 'server'): Messenger {
    const { id, messenger: choice, settings, graceMs, bindOnce = false } = this.#options
    const all: MessengerSettings = {
      messages: [MOSDPing],
      // A peer that is back should be noticed well within the grace time.
      maxBackoffMs: Math.max(200, graceMs / 4),
      ...(bindOnce ? { bindRetryCount: 1 } : {}),
      ...settings,
    }
    const messenger = makeMessenger(EntityName.osd(id), choice, all, role === 'server' ? this.#pingAnswerer : {})
    messenger.setPolicy(EntityType.osd, role === 'client' ? Policies.lossyClient() : Policies.statelessServer())
    messenger.setClusterProtocol(ClusterProtocol.osd)
    messenger.addDispatcherHead(new HeartbeatDispatcher(this))
    return messenger
  }
}
