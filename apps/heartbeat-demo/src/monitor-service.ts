import type { Uuid } from '@msgr/bufferlist'
import { ClusterProtocol, EntityName, EntityType, Policies } from '@msgr/messenger'
import type { Connection, Dispatcher, EntityAddr, Message, Messenger } from '@msgr/messenger'
import type { ClusterMap } from './cluster-map.ts'
import { MBoot } from './m-boot.ts'
import { MClusterMap } from './m-cluster-map.ts'
import { MFailureReport, type FailureReport } from './m-failure-report.ts'
import { MSubscribe } from './m-subscribe.ts'
import { makeMessenger, type MessengerChoice } from './messenger-choice.ts'
import { Monitor, type MarkedDown, type MonitorRules } from './monitor.ts'
import { nowMs } from './mono-clock.ts'

/** What a monitor is made with. */
export interface MonitorOptions extends MonitorRules {
  readonly fsid: Uuid
  readonly messenger: MessengerChoice
}

/** Who is told of what the monitor does. */
export interface MonitorObserver {
  published(map: ClusterMap): void
  reported(reporter: number, report: FailureReport, counts: boolean): void
  markedDown(marked: MarkedDown): void
}

/**
 * A monitor at work: takes boots and reports from OSDs, and sends each new map to everyone who has subscribed.
 *
 * Ceph: src/mon/OSDMonitor.cc
 */
export class MonitorService implements Dispatcher {
  readonly #monitor: Monitor
  readonly #messenger: Messenger
  readonly #observer: MonitorObserver
  readonly #checkEveryMs: number
  readonly #subscribers = new Set<Connection>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: MonitorOptions, observer: MonitorObserver) {
    this.#monitor = new Monitor(options.fsid, options)
    this.#observer = observer
    this.#checkEveryMs = options.graceMs / 10
    this.#messenger = makeMessenger(
      EntityName.mon(0),
      { ...options.messenger, opThreads: 0 },
      {
        messages: [MBoot, MFailureReport, MSubscribe, MClusterMap],
        // As in Ceph: who looks for a monitor must not need to know which incarnation of it is there.
        nonce: 0,
      },
    )
    this.#messenger.setDefaultPolicy(Policies.statelessServer())
    this.#messenger.setPolicy(EntityType.mon, Policies.losslessPeerReuse())
    this.#messenger.setClusterProtocol(ClusterProtocol.mon)
    this.#messenger.addDispatcherHead(this)
  }

  get map(): ClusterMap {
    return this.#monitor.map
  }

  /** Begins to listen; resolves to the address for the OSDs. */
  async start(bind: EntityAddr): Promise<EntityAddr> {
    const addr = await this.#messenger.bind(bind)
    this.#timer = setInterval(() => {
      this.#checkFailures()
    }, this.#checkEveryMs)
    return addr
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#messenger.shutdown()
  }

  msDispatch(message: Message): boolean {
    const { connection, source } = message
    if (connection === undefined || source?.type !== EntityType.osd) return false
    if (message instanceof MSubscribe) this.#subscribe(connection, message.start)
    else if (message instanceof MBoot) this.#boot(source.num, message)
    else if (message instanceof MFailureReport) this.#report(source.num, message.report)
    else return false
    return true
  }

  msHandleReset(connection: Connection): boolean {
    this.#subscribers.delete(connection)
    return true
  }

  #subscribe(connection: Connection, start: number): void {
    this.#subscribers.add(connection)
    if (this.map.epoch >= start) connection.sendMessage(new MClusterMap(this.map))
  }

  #boot(id: number, { hbFront, hbBack }: MBoot): void {
    for (const map of this.#monitor.boot(id, { front: hbFront, back: hbBack })) this.#publish(map)
  }

  #report(reporter: number, report: FailureReport): void {
    this.#observer.reported(reporter, report, this.#monitor.report(reporter, report, nowMs()))
    this.#checkFailures()
  }

  #checkFailures(): void {
    for (const marked of this.#monitor.checkFailures(nowMs())) {
      this.#observer.markedDown(marked)
      this.#publish(marked.map)
    }
  }

  #publish(map: ClusterMap): void {
    this.#observer.published(map)
    for (const connection of this.#subscribers) connection.sendMessage(new MClusterMap(map))
  }
}
