import { type Message } from '@msgr/message'
import { advanceOsdMap } from './advance-osd-map.ts'
import { MonClientError } from './errors.ts'
import { MConfig } from './m-config.ts'
import { MMgrMap } from './m-mgr-map.ts'
import { MMonMap } from './m-mon-map.ts'
import { type SubscriptionRequest } from './m-mon-subscribe.ts'
import { MOSDMap } from './m-osd-map.ts'
import { MapFeed } from './map-feed.ts'
import { type MgrMap } from './mgr-map.ts'
import { decodeMonMap, type MonMap } from './mon-map.ts'
import { type OsdMap } from './osd-map.ts'

/** What can be followed, and what comes of it. */
export interface Subscribable {
  readonly monmap: MonMap
  readonly osdmap: OsdMap
  readonly mgrmap: MgrMap
  /** The options that the cluster keeps for us, all of them each time. */
  readonly config: ReadonlyMap<string, string>
}

export type SubscribableName = keyof Subscribable

/**
 * What the monitors publish, as far as somebody follows it. The map of monitors is followed in any case.
 * Ceph: src/mon/MonSub.cc
 */
export class MonMaps {
  readonly #feeds: { readonly [Name in SubscribableName]: MapFeed<Subscribable[Name]> } = {
    monmap: new MapFeed(),
    osdmap: new MapFeed(),
    mgrmap: new MapFeed(),
    config: new MapFeed(),
  }

  get monMap(): MonMap | undefined {
    return this.#feeds.monmap.current
  }

  /** Begins to follow something. `isNew`: nobody else does, so that the monitor must be asked. */
  follow<Name extends SubscribableName>(
    name: Name,
    signal: AbortSignal | undefined,
  ): { readonly values: AsyncIterableIterator<Subscribable[Name], undefined, undefined>; readonly isNew: boolean } {
    const feed: MapFeed<Subscribable[Name]> = this.#feeds[name]
    const isNew = !feed.hasFollowers
    const values = feed.follow(signal, () => {
      // The monitor goes on to send it, and it is passed over.
      if (name !== 'monmap' && !feed.hasFollowers) feed.forget()
    })
    return { values, isNew }
  }

  /** What to ask the monitor of a new session for. */
  get wanted(): ReadonlyMap<string, SubscriptionRequest> {
    const names = Object.keys(this.#feeds) as SubscribableName[]
    const followed = names.filter((name) => name === 'monmap' || this.#feeds[name].hasFollowers)
    return new Map(followed.map((name) => [name, this.requestFor(name)]))
  }

  /** From the version after the one that there is. */
  requestFor(name: SubscribableName): SubscriptionRequest {
    const have = name === 'config' ? undefined : this.#feeds[name].current?.epoch
    return { start: have === undefined ? 0 : have + 1, isOneTime: false }
  }

  /**
   * Takes a map that came. Gives the name of one that must be asked for anew, if something is missing. Throws for what
   * makes no sense.
   */
  receive(message: Message): SubscribableName | undefined {
    if (message instanceof MMonMap) this.#receiveMonMap(decodeMonMap(message.monMapBytes))
    else if (message instanceof MMgrMap) this.#receiveMgrMap(message.map)
    else if (message instanceof MConfig) this.#receiveConfig(message.config)
    else if (message instanceof MOSDMap) return this.#receiveOsdMap(message)
    return undefined
  }

  /** Nothing more comes. */
  end(): void {
    for (const feed of Object.values(this.#feeds)) feed.end()
  }

  #receiveMonMap(map: MonMap): void {
    if (map.mons.length === 0) {
      throw new MonClientError('ERR_MSGR_MON_ADDRESS', 'map of monitors: expected at least one of them, got none')
    }
    const { current } = this.#feeds.monmap
    if (current !== undefined && !current.fsid.equals(map.fsid)) {
      const text = `expected a monitor of cluster ${current.fsid.toString()}, got one of ${map.fsid.toString()}`
      throw new MonClientError('ERR_MSGR_MON_ADDRESS', text)
    }
    if (map.epoch > (current?.epoch ?? -1)) this.#feeds.monmap.publish(map)
  }

  #receiveMgrMap(map: MgrMap): void {
    const feed = this.#feeds.mgrmap
    if (feed.hasFollowers && map.epoch > (feed.current?.epoch ?? -1)) feed.publish(map)
  }

  #receiveConfig(config: ReadonlyMap<string, string>): void {
    const feed = this.#feeds.config
    // A new session begins with all of it, whether it has changed or not.
    if (feed.hasFollowers && !isSameConfig(config, feed.current)) feed.publish(config)
  }

  #receiveOsdMap({ fields }: MOSDMap): SubscribableName | undefined {
    const feed = this.#feeds.osdmap
    if (!feed.hasFollowers || this.monMap?.fsid.equals(fields.fsid) === false) return undefined
    const { map, hasGap } = advanceOsdMap(feed.current, fields)
    if (map !== undefined && map !== feed.current) feed.publish(map)
    if (hasGap) feed.forget()
    return hasGap ? 'osdmap' : undefined
  }
}

function isSameConfig(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string> | undefined): boolean {
  return a.size === b?.size && [...a].every(([name, value]) => b.get(name) === value)
}
