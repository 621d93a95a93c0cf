import type { AuthRefusedError } from '@msgr/auth'
import type { Uuid } from '@msgr/bufferlist'
import { EntityAddrVec, FEATURES_ALL } from '@msgr/message'
import { ClusterProtocol, EntityName, EntityType, Policies } from '@msgr/messenger'
import type { Dispatcher, EntityAddr, Message, Messenger, MessengerSettings } from '@msgr/messenger'
import { MMonCommand, MMonCommandAck, MMonSubscribe, monMessages, MOSDMap, osdIsUp } from '@msgr/mon-client'
import { makeMessenger, MOSDPing, Osd, type MessengerChoice, type OsdObserver } from '@msgr-apps/heartbeat-demo'
import { MOSDBeacon } from './m-osd-beacon.ts'
import { MOSDBoot } from './m-osd-boot.ts'
import { MOSDFailure } from './m-osd-failure.ts'
import type { OsdIdentity } from './osd-identity.ts'
import { OsdMapView } from './osd-map-view.ts'
import { OsdMonSession } from './osd-mon-session.ts'
import { NO_SUPERBLOCK } from './osd-superblock.ts'

/** What an OSD of a real cluster is made with. */
export interface OsdInClusterOptions {
  readonly id: number
  /** What `ceph osd new` was given for it. */
  readonly uuid: Uuid
  readonly fsid: Uuid
  readonly monAddr: EntityAddr
  /** An address without a port. Its type says which wire is spoken. */
  readonly listen: EntityAddr
  readonly identity: OsdIdentity
  readonly messenger: MessengerChoice
  /** For each of its messengers. */
  readonly settings?: MessengerSettings
  readonly heartbeatIntervalMs: number
  readonly heartbeatGraceMs: number
  readonly beaconIntervalMs: number
}

/** Who is told of what happens to it. */
export interface OsdInClusterObserver {
  /** A map of this epoch has us as up, or as down. */
  markedUp(epoch: number): void
  markedDown(epoch: number): void
  /** A newer map was applied. */
  mapCame(): void
  /** A heartbeat has come, and is answered unless we hang. */
  pinged(ping: Ping): void
  /** One of our own pings was answered. */
  pingAnswered(byOsd: number): void
  /** A peer was reported to the monitor. */
  reported(osd: number, what: 'failed' | 'alive'): void
  /** A peer says that its map has us as down. */
  youDied(byOsd: number): void
  /** The monitor will not have us. */
  refused(error: AuthRefusedError): void
}

/** A heartbeat: who sent it, and to which of our two addresses. */
export interface Ping {
  readonly fromOsd: number
  readonly channel: 'front' | 'back'
}

/** `'booting'`: the monitor was asked to mark us up, or will be. `'down'`: we hang, and do not ask. */
type State = 'booting' | 'up' | 'down' | 'moving' | 'stopped'

type Link = Parameters<OsdObserver['peerFailed']>[0]

/**
 * An OSD without a store in a real cluster: it boots, tells that it is alive, passes on maps, pings every OSD that is
 * up, and reports those that do not answer. The heartbeats are those of the demonstration's own OSD. It has no placement
 * groups, so the cluster must give it none.
 * Ceph: src/osd/OSD.cc, start_boot, _send_boot, handle_osd_map, maybe_share_map, send_failures, send_beacon
 */
export class OsdInCluster implements Dispatcher {
  readonly heartbeats: Osd
  readonly map: OsdMapView = new OsdMapView()
  readonly #options: OsdInClusterOptions
  readonly #observer: OsdInClusterObserver
  readonly #public: Messenger
  readonly #cluster: Messenger
  readonly #monitor: OsdMonSession
  /** The newest epoch that each OSD was told of, or has told us of. */
  readonly #knownEpochs = new Map<number, number>()
  #state: State = 'booting'
  #isPlaced = false
  #bootEpoch = 0
  #beaconTimer: NodeJS.Timeout | undefined

  constructor(options: OsdInClusterOptions, observer: OsdInClusterObserver) {
    this.#options = options
    this.#observer = observer
    this.heartbeats = this.#makeHeartbeats()
    this.#public = this.#makeMessenger()
    this.#public.setDefaultPolicy(Policies.statelessRegisteredServer())
    this.#public.setPolicy(EntityType.mon, Policies.lossyClient())
    this.#cluster = this.#makeMessenger()
    this.#cluster.setPolicy(EntityType.osd, Policies.losslessPeer())
    this.#monitor = new OsdMonSession({
      messenger: this.#public,
      monAddr: options.monAddr,
      identity: options.identity,
      opened: () => {
        this.#introduceOurselves()
      },
      refused: (error) => {
        observer.refused(error)
      },
    })
    this.#public.addDispatcherTail(this)
    this.#cluster.addDispatcherHead(this)
  }

  get id(): number {
    return this.#options.id
  }

  get isUp(): boolean {
    return this.#state === 'up'
  }

  /** Where clients, and the monitor, find it. */
  get publicAddr(): EntityAddr {
    return this.#public.myAddr
  }

  /** Listens, and asks the monitor to be marked up. */
  async start(): Promise<void> {
    const { listen, beaconIntervalMs } = this.#options
    await this.#public.bind(listen)
    await this.#cluster.bind(listen)
    await this.heartbeats.start({ front: listen, back: listen })
    this.#monitor.open()
    this.#beaconTimer = setInterval(() => {
      this.#sendBeacon()
    }, beaconIntervalMs)
  }

  /** Answers no heartbeat any more and reports nobody, as if it hung. All connections stay as they are. */
  hang(): void {
    this.heartbeats.knowledge.isStopping = true
  }

  /** Answers again. If it was marked down by then it moves to other ports and boots, as another incarnation. */
  async goOn(): Promise<void> {
    this.heartbeats.knowledge.isStopping = false
    if (this.#state === 'down') await this.#comeBack()
  }

  async stop(): Promise<void> {
    this.#state = 'stopped'
    clearInterval(this.#beaconTimer)
    this.#monitor.close()
    await Promise.all([this.heartbeats.stop(), this.#public.shutdown(), this.#cluster.shutdown()])
  }

  msDispatch(message: Message): boolean {
    if (message instanceof MOSDMap) this.#mapsCame(message)
    else if (message instanceof MMonCommandAck) this.#placed(message)
    // Whatever else a monitor or an OSD may tell an OSD is not for one without a store.
    return true
  }

  #introduceOurselves(): void {
    const start = this.map.epoch === 0 ? 0 : this.map.epoch + 1
    this.#monitor.send(new MMonSubscribe(new Map([['osdmap', { start, isOneTime: false }]])))
    if (this.#isPlaced) this.#boot()
    else this.#place()
  }

  /** Real OSDs put themselves into the CRUSH map before they boot. Ceph: src/osd/OSD.cc, update_crush_location */
  #place(): void {
    const { id, fsid } = this.#options
    const args = { prefix: 'osd crush create-or-move', id, weight: 0.001, args: ['host=msgr', 'root=default'] }
    const command = new MMonCommand({ fsid, cmd: [JSON.stringify(args)] })
    command.tid = 1n
    this.#monitor.send(command)
  }

  #placed({ fields: { result, status } }: MMonCommandAck): void {
    if (result !== 0) throw new Error(`osd crush create-or-move: ${status} (${result})`)
    this.#isPlaced = true
    this.#boot()
  }

  #boot(): void {
    if (this.#state !== 'booting' || !this.#isPlaced || this.map.epoch === 0) return
    const { id, uuid, fsid } = this.#options
    const { epoch } = this.map
    const { front, back } = this.heartbeats.addresses
    const superblock = { clusterFsid: fsid, whoami: id, osdFsid: uuid, currentEpoch: epoch, newestMap: epoch }
    this.#monitor.send(
      new MOSDBoot({
        mapEpoch: epoch,
        superblock: { ...NO_SUPERBLOCK, ...superblock },
        hbBackAddrs: new EntityAddrVec([back]),
        clusterAddrs: new EntityAddrVec([this.#cluster.myAddr]),
        bootEpoch: this.#bootEpoch,
        hbFrontAddrs: new EntityAddrVec([front]),
        metadata: new Map([
          ['hostname', 'msgr'],
          ['osd_objectstore', 'none'],
        ]),
        osdFeatures: FEATURES_ALL,
      }),
    )
  }

  #sendBeacon(): void {
    if (this.#state !== 'up') return
    const reportIntervalSeconds = Math.ceil(this.#options.beaconIntervalMs / 1000)
    this.#monitor.send(new MOSDBeacon({ mapEpoch: this.map.epoch, reportIntervalSeconds }))
  }

  #mapsCame({ fields }: MOSDMap): void {
    const isFirst = this.map.epoch === 0
    if (!fields.fsid.equals(this.#options.fsid) || !this.map.apply(fields)) return
    const { epoch } = this.map
    const own = this.map.get(this.id)
    const hasUs = own !== undefined && osdIsUp(own) && own.clientAddrs.contains(this.#public.myAddr)
    const { knowledge } = this.heartbeats
    const upFrom = hasUs ? own.upFrom : knowledge.epochs.upFrom
    knowledge.assign({ mapEpoch: epoch, upFrom, deadBefore: this.map.deadBefore })
    if (this.#state === 'booting' && hasUs) this.#cameUp(upFrom)
    else if (this.#state === 'booting' && isFirst) this.#boot()
    else if (this.#state === 'up' && !hasUs) this.#wentDown(epoch)
    this.#choosePeers()
    this.#observer.mapCame()
  }

  #cameUp(epoch: number): void {
    this.#state = 'up'
    if (this.#bootEpoch === 0) this.#bootEpoch = epoch
    this.#observer.markedUp(epoch)
  }

  #wentDown(epoch: number): void {
    this.#state = 'down'
    this.#observer.markedDown(epoch)
    if (!this.heartbeats.knowledge.isStopping) void this.#comeBack()
  }

  async #comeBack(): Promise<void> {
    this.#state = 'moving'
    await this.#cluster.rebind()
    await this.heartbeats.rebind()
    if (this.#isStopped()) return
    this.#state = 'booting'
    this.#boot()
  }

  /** Every OSD that is up but ourselves. A life of a peer is a peer of its own. */
  #choosePeers(): void {
    const { type } = this.#options.listen
    const peers = this.map.osds.filter((osd) => osdIsUp(osd) && osd.id !== this.id)
    const targets = peers.map(({ id, upFrom, heartbeatBackAddrs, heartbeatFrontAddrs }) => ({
      key: `osd.${id} ${upFrom}`,
      id,
      upFrom,
      back: { addr: heartbeatBackAddrs.pickAddr(type), anyNonce: false },
      front: { addr: heartbeatFrontAddrs.pickAddr(type), anyNonce: false },
    }))
    this.heartbeats.setPeers(this.#state === 'up' ? targets : [])
  }

  #report({ target }: Link, what: 'failed' | 'alive', details: { isImmediate: boolean; failedForMs: number }): void {
    const osd = target.id === undefined ? undefined : this.map.get(target.id)
    if (osd === undefined || target.id === undefined || this.heartbeats.knowledge.isStopping) return
    this.#monitor.send(
      new MOSDFailure({
        fsid: this.#options.fsid,
        target: target.id,
        targetAddrs: osd.clientAddrs,
        mapEpoch: this.map.epoch,
        hasFailed: what === 'failed',
        isImmediate: details.isImmediate,
        failedForSeconds: Math.floor(details.failedForMs / 1000),
      }),
    )
    this.#observer.reported(target.id, what)
  }

  /** An OSD has shown which map it has: an older one than ours is brought up to date. */
  #shareMap(osd: number, itsEpoch: number): void {
    const known = Math.max(itsEpoch, this.#knownEpochs.get(osd) ?? 0)
    this.#knownEpochs.set(osd, Math.max(known, this.map.epoch))
    const peer = this.map.get(osd)
    if (known >= this.map.epoch || peer === undefined || !this.map.isUp(osd) || this.#state !== 'up') return
    const incrementals = this.map.changesFrom(known + 1)
    if (incrementals === undefined) return
    const addr = peer.clusterAddrs.pickAddr(this.#options.listen.type)
    const maps = { fsid: this.#options.fsid, incrementals, oldestEpoch: 1, newestEpoch: this.map.epoch }
    this.#cluster.getConnection({ type: EntityType.osd, addr }).sendMessage(new MOSDMap(maps))
  }

  get #settings(): MessengerSettings {
    const { settings, identity } = this.#options
    const { authenticator } = identity
    return { ...settings, ...(authenticator !== undefined && { authenticator }) }
  }

  #isStopped(): boolean {
    return this.#state === 'stopped'
  }

  #makeHeartbeats(): Osd {
    const { id, fsid, messenger, heartbeatIntervalMs, heartbeatGraceMs } = this.#options
    const settings = this.#settings
    const how = { minMessageSize: 2000, fastFail: true, random: Math.random }
    const timing = { intervalMs: heartbeatIntervalMs, graceMs: heartbeatGraceMs }
    const osd = new Osd({ id, fsid, messenger, settings, ...timing, ...how }, this.#makeObserver())
    this.#watch(osd.hbFrontServer, 'front')
    this.#watch(osd.hbBackServer, 'back')
    return osd
  }

  #makeObserver(): OsdObserver {
    return {
      pingAnswered: ({ id = -1 }) => {
        this.#observer.pingAnswered(id)
      },
      peerFailed: (link, reason, failedForMs) => {
        this.#report(link, 'failed', { isImmediate: reason === 'refused', failedForMs })
      },
      peerRecovered: (link) => {
        this.#report(link, 'alive', { isImmediate: false, failedForMs: 0 })
      },
      youDied: (sender) => {
        this.#observer.youDied(sender)
      },
      linkClosed: () => undefined,
    }
  }

  /** Sees what comes in on a heartbeat address, before it is answered. */
  #watch(messenger: Messenger, channel: Ping['channel']): void {
    messenger.addDispatcherTail({
      msDispatch: () => false,
      msCanFastDispatchAny: () => true,
      msFastPreprocess: (message) => {
        if (!(message instanceof MOSDPing) || message.source === undefined) return
        this.#observer.pinged({ fromOsd: message.source.num, channel })
        this.#shareMap(message.source.num, message.fields.mapEpoch)
      },
    })
  }

  #makeMessenger(): Messenger {
    const { id, messenger } = this.#options
    const messages = [...monMessages, MOSDBoot, MOSDBeacon, MOSDFailure]
    const made = makeMessenger(EntityName.osd(id), messenger, { ...this.#settings, messages })
    made.setClusterProtocol(ClusterProtocol.osd)
    return made
  }
}
