import { EntityName, EntityType, Policies } from '@msgr/messenger'
import type { Connection, Dispatcher, EntityAddr, Message, Messenger } from '@msgr/messenger'
import { choosePeers, targetOf } from './choose-peers.ts'
import { ClusterMap } from './cluster-map.ts'
import type { FailureReason, HeartbeatLink } from './heartbeat-link.ts'
import type { HeartbeatChannel } from './heartbeat-peer.ts'
import { MBoot } from './m-boot.ts'
import { MClusterMap } from './m-cluster-map.ts'
import { MFailureReport, type Finding } from './m-failure-report.ts'
import { MSubscribe } from './m-subscribe.ts'
import { makeMessenger } from './messenger-choice.ts'
import { Osd, type HeartbeatAddresses, type OsdObserver, type OsdOptions } from './osd.ts'

/** Who is told of what an OSD of a cluster does. */
export interface ClusterOsdObserver {
  pingAnswered(link: HeartbeatLink, channel: HeartbeatChannel, rttMs: number): void
  linkClosed(link: HeartbeatLink): void
  /** A new map has come, and is acted upon. */
  mapReceived(map: ClusterMap): void
  /** The map of this epoch says that we are down, and we are not. */
  wronglyMarkedDown(mapEpoch: number): void
}

/** `'moving'`: looking for new addresses. `'booting'`: the monitor knows of us, or will; no map has us yet. */
type OsdState = 'stopped' | 'moving' | 'booting' | 'up'

/**
 * An OSD that belongs to a cluster: a monitor tells it whom to ping, and is told whom it takes for dead. When a map has
 * it as down it moves to other ports and reports for duty again, as another incarnation.
 *
 * Ceph: src/osd/OSD.cc, handle_osd_map, _committed_osd_maps, send_failures
 */
export class ClusterOsd implements Dispatcher, OsdObserver {
  readonly osd: Osd
  readonly #messenger: Messenger
  readonly #monitorAddr: EntityAddr
  readonly #observer: ClusterOsdObserver
  #monitor: Connection | undefined
  #map: ClusterMap
  #state: OsdState = 'stopped'

  constructor(options: OsdOptions, monitorAddr: EntityAddr, observer: ClusterOsdObserver) {
    this.#monitorAddr = monitorAddr
    this.#observer = observer
    this.#map = new ClusterMap(options.fsid)
    this.osd = new Osd(options, this)
    // Maps and reports are too few for threads.
    this.#messenger = makeMessenger(
      EntityName.osd(options.id),
      { ...options.messenger, opThreads: 0 },
      {
        messages: [MBoot, MFailureReport, MSubscribe, MClusterMap],
      },
    )
    this.#messenger.setPolicy(EntityType.mon, Policies.lossyClient())
    this.#messenger.addDispatcherHead(this)
  }

  /** Opens the heartbeat addresses and reports to the monitor. */
  async start(bind: HeartbeatAddresses): Promise<HeartbeatAddresses> {
    const addresses = await this.osd.start(bind)
    this.#state = 'booting'
    this.#connect()
    return addresses
  }

  async stop(): Promise<void> {
    this.#state = 'stopped'
    await Promise.all([this.#messenger.shutdown(), this.osd.stop()])
  }

  msDispatch(message: Message): boolean {
    if (!(message instanceof MClusterMap)) return false
    this.#mapReceived(message.map)
    return true
  }

  /** The connection to the monitor broke: whatever was in flight is said again on the next one. */
  msHandleReset(connection: Connection): boolean {
    if (connection === this.#monitor && this.#state !== 'stopped') this.#connect()
    return true
  }

  pingAnswered(link: HeartbeatLink, channel: HeartbeatChannel, rttMs: number): void {
    this.#observer.pingAnswered(link, channel, rttMs)
  }

  peerFailed(link: HeartbeatLink, reason: FailureReason, failedForMs: number): void {
    this.#report(link, reason, failedForMs)
  }

  peerRecovered(link: HeartbeatLink): void {
    this.#report(link, 'alive', 0)
  }

  youDied(_sender: number, mapEpoch: number): void {
    // The monitor sends each new map anyhow; this asks for one that it may have sent to a connection we have lost.
    if (mapEpoch > this.#map.epoch) this.#monitor?.sendMessage(new MSubscribe(this.#map.epoch + 1))
  }

  linkClosed(link: HeartbeatLink): void {
    this.#observer.linkClosed(link)
  }

  #connect(): void {
    const monitor = this.#messenger.getConnection({ type: EntityType.mon, addr: this.#monitorAddr })
    this.#monitor = monitor
    monitor.sendMessage(new MSubscribe(this.#map.epoch + 1))
    if (this.#state === 'booting') this.#boot()
    for (const link of this.osd.links) {
      const { failure, peer } = link
      if (failure === undefined) continue
      const now = this.osd.nowMs()
      this.#report(link, failure, now - (peer.failedSinceMs ?? now))
    }
  }

  #boot(): void {
    const { front, back } = this.osd.addresses
    this.#monitor?.sendMessage(new MBoot(front, back))
  }

  #report({ target }: HeartbeatLink, finding: Finding, failedForMs: number): void {
    if (target.id === undefined) return
    const report = { target: target.id, targetUpFrom: target.upFrom, finding, failedForMs }
    this.#monitor?.sendMessage(new MFailureReport(report))
  }

  #mapReceived(map: ClusterMap): void {
    if (map.epoch <= this.#map.epoch || !map.fsid.equals(this.osd.fsid) || this.#state === 'stopped') return
    this.#map = map
    const own = map.get(this.osd.id)
    const { front, back } = this.osd.addresses
    const hasUs = own?.isUp === true && own.front.equals(front) && own.back.equals(back)
    if (hasUs && this.#state === 'booting') this.#state = 'up'
    const wasMarkedDown = !hasUs && this.#state === 'up'
    const { knowledge } = this.osd
    const upFrom = hasUs ? own.upFrom : knowledge.epochs.upFrom
    knowledge.assign({ mapEpoch: map.epoch, upFrom, deadBefore: map.deadBefore })
    this.osd.setPeers(this.#state === 'up' && hasUs ? choosePeers(map, this.osd.id).map(targetOf) : [])
    this.#observer.mapReceived(map)
    if (wasMarkedDown) void this.#comeBack(map.epoch)
  }

  async #comeBack(mapEpoch: number): Promise<void> {
    this.#state = 'moving'
    this.#observer.wronglyMarkedDown(mapEpoch)
    try {
      await this.osd.rebind()
    } catch (error) {
      if (this.#isStopped()) return
      throw error
    }
    if (this.#isStopped()) return
    this.#state = 'booting'
    this.#boot()
  }

  #isStopped(): boolean {
    return this.#state === 'stopped'
  }
}
