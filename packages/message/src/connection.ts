import { type EntityAddr } from './entity-addr.ts'
import { type EntityAddrVec } from './entity-addr-vec.ts'
import { type EntityName } from './entity-name.ts'
import { type Message } from './message.ts'

/**
 * What became of a message handed to `sendMessage`: `'queued'` — it will be sent as the connection's policy
 * promises; `'dropped'` — the connection is closed, or its policy drops messages while no peer is connected;
 * `'full'` — too much is queued already: the message was not taken and is the caller's still, to be sent again when
 * `drained` says so.
 */
export type SendResult = 'queued' | 'dropped' | 'full'

/**
 * One conversation with one peer. With a lossless policy it outlives its sockets. Ceph: src/msg/Connection.h
 */
export interface Connection {
  /** Grows by one with each connection of a messenger; the key of its messages in the dispatch queue. */
  readonly id: number
  /** One of `EntityType`; -1 while an accepted peer has not said. */
  readonly peerType: number
  /** The peer's own address as far as known: where it was dialled, or what it announced. */
  readonly peerAddr: EntityAddr
  /** All addresses the peer has, `peerAddr` among them; version 1 tells but one. */
  readonly peerAddrs: EntityAddrVec
  /** The name under which the peer's last message came, if one did. */
  readonly peerName: EntityName | undefined
  /** Who a peer that has dialled us has proved to be, as the authenticator puts it; `undefined` for all others. */
  readonly peerIdentity: unknown
  /** Feature bits both ends support; 0n until the connection is open. */
  readonly features: bigint
  /** True only while the connection is open: handshake done, socket there. */
  readonly isConnected: boolean
  /** True for the messenger's connection to itself. */
  readonly isLoopback: boolean
  /** Whatever the application wants to keep with the connection. */
  priv: unknown
  /** When the peer's last keepalive came, in milliseconds of the monotonic clock; `undefined` if none did. */
  readonly lastKeepaliveMs: number | undefined
  /** The wall-clock stamp, in milliseconds since 1970, of our last keepalive that the peer has answered. */
  readonly lastKeepaliveAckMs: number | undefined

  /** Messages that wait to be sent, for the first time or again. */
  readonly queuedCount: number
  /** Messages sent that the peer has not acknowledged. A lossy connection keeps none. */
  readonly unackedCount: number
  /** About how many bytes those of both kinds take up. From `maxQueuedBytes` on, nothing more is taken. */
  readonly queuedBytes: number

  hasFeature(mask: bigint): boolean
  /** Takes the message over: it must not be changed afterwards. Messages of equal priority keep their order. */
  sendMessage(message: Message): SendResult
  /**
   * Resolves when at most half of `maxQueuedBytes` is taken up, or the connection is closed: at once, if that is so
   * now. A peer that is gone for good and whose policy is lossless is waited for without end; `signal` ends the wait,
   * and its reason is what the promise rejects with.
   */
  drained(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Asks the peer for a sign of life. Wakes a connection that stands by. */
  sendKeepalive(): void
  /** Closes at once and forgets all that is queued. The dispatchers are not told. */
  markDown(): void
  /** From now on an error ends the connection, whatever its policy says. */
  markDisposable(): void
}
