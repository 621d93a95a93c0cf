import type { MessengerOptions } from '@msgr/messenger'

/** How a peer process is to be: its only argument, as JSON. */
export interface PeerSetup {
  /** It is `osd.ID`. */
  readonly id: number
  readonly messenger: 'simple' | 'async'
  readonly driver: 'epoll' | 'select'
  /** IP and port. */
  readonly bind: string
  readonly options: Partial<MessengerOptions>
  /** How often it asks every peer it sends to for a sign of life. */
  readonly keepaliveMs: number
}

/** A stream of numbered messages to one peer. */
export interface PeerStream {
  /** `v1:IP:PORT/NONCE` */
  readonly to: string
  readonly count: number
  /** Of data, in each message. */
  readonly bytes: number
  /** From one message to the next; 0 for as fast as it goes. */
  readonly everyMs: number
}

/** A fault, as the messenger's log has it. */
export interface PeerFault {
  /** Wall clock. */
  readonly atMs: number
  readonly text: string
}

/** What a peer process has seen so far. */
export interface PeerFigures {
  /** Its address, once it listens. */
  readonly addr: string | undefined
  /** Messages received from each sender, all of them in order, and when the last one came by the wall clock. */
  readonly received: Readonly<Record<string, number>>
  readonly receivedAtMs: number
  /** Messages handed to the messenger, over all streams. */
  readonly sent: number
  /** Messages that the peers have not acknowledged. */
  readonly unacknowledged: number
  /** What must not be: a message twice, out of order or changed, and anything told as lost. */
  readonly wrong: readonly string[]
  readonly faults: readonly PeerFault[]
  /** How often a connection opened, dialled by either end. */
  readonly opened: number
  /** How often `sendMessage` said full, and the most that was queued on one connection, in bytes. */
  readonly full: number
  readonly maxQueuedBytes: number
}
