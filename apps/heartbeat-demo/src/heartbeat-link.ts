import { EntityType, type Connection, type EntityAddr, type Messenger } from '@msgr/messenger'
import { HeartbeatPeer, type HeartbeatChannel, type ReplyOutcome } from './heartbeat-peer.ts'
import type { MOSDPing } from './m-osd-ping.ts'

/** Where a peer can be pinged. */
export interface HeartbeatAddress {
  readonly addr: EntityAddr
  /** The nonce in `addr` says nothing: whoever is there is meant. */
  readonly anyNonce: boolean
}

/** A peer that is to be pinged. */
export interface PeerTarget {
  /** What the peer is filed under. A peer that comes back as another incarnation is another target. */
  readonly key: string
  /** The peer's id; `undefined` where only its address is known, until it answers. */
  readonly id: number | undefined
  /** The epoch in which it came up; 0 without a map. */
  readonly upFrom: number
  readonly back: HeartbeatAddress
  /** Some peers have only one address. */
  readonly front: HeartbeatAddress | undefined
}

/** Why a peer is taken for dead: it was silent for the grace time, or nobody listens where it did. */
export type FailureReason = 'silence' | 'refused'

/** A peer that is pinged, with the connections to it. */
export class HeartbeatLink {
  readonly target: PeerTarget
  readonly peer: HeartbeatPeer
  /** As the peer calls itself, once it has answered. */
  id: number | undefined
  /** Why the peer is taken for dead, while it is. */
  failure: FailureReason | undefined = undefined
  readonly #messenger: Messenger
  readonly #connections = new Map<Connection, HeartbeatChannel>()
  /** The connections broke once since the last ping. */
  #wasReopened = false

  constructor(target: PeerTarget, messenger: Messenger, graceMs: number) {
    this.target = target
    this.id = target.id
    this.#messenger = messenger
    this.peer = new HeartbeatPeer(target.front === undefined ? ['back'] : ['front', 'back'], graceMs)
    this.#open()
  }

  channelOf(connection: Connection): HeartbeatChannel | undefined {
    return this.#connections.get(connection)
  }

  /**
   * Sends one ping on every connection that is open. A connection that is not gets none: a ping that waits in a queue
   * and comes late tells nothing.
   */
  sendPing(ping: MOSDPing, stamp: string, nowMs: number): void {
    this.#wasReopened = false
    if (this.#connections.size === 0) this.#open()
    const open: HeartbeatChannel[] = []
    for (const [connection, channel] of this.#connections) {
      if (connection.isConnected && connection.sendMessage(ping) === 'queued') open.push(channel)
    }
    this.peer.notePing(stamp, nowMs, open)
  }

  /** An answer came on one of the connections; `undefined` if it is none of them. */
  noteReply(connection: Connection, stamp: string, receivedMs: number): ReplyOutcome | undefined {
    const channel = this.channelOf(connection)
    return channel === undefined ? undefined : this.peer.noteReply(stamp, channel, receivedMs)
  }

  /**
   * One of the connections broke: both are opened anew, and what was in flight is lost. If that happens again before
   * the next ping, it is left to that: a peer that closes whatever it accepts must not keep us busy.
   */
  reopen(): void {
    this.close()
    if (!this.#wasReopened) this.#open()
    this.#wasReopened = true
  }

  /** Lets go of the connections, and of what was in flight. */
  close(): void {
    for (const connection of this.#connections.keys()) connection.markDown()
    this.#connections.clear()
    this.peer.clearHistory()
  }

  #open(): void {
    const { back, front } = this.target
    this.#connections.set(this.#connect(back), 'back')
    if (front !== undefined) this.#connections.set(this.#connect(front), 'front')
  }

  #connect({ addr, anyNonce }: HeartbeatAddress): Connection {
    // Of its own, so that no link closes what another one uses.
    const connection = this.#messenger.getConnection({ type: EntityType.osd, addr }, { anyNonce, anonymous: true })
    connection.priv = this
    return connection
  }
}
