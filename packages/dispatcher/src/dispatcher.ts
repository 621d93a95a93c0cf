import type { Connection, Message } from '@msgr/message'

/**
 * Receives what a messenger has for its host. Offered to the chain's dispatchers in order.
 *
 * Messages of one connection and one priority come in the order in which they were sent; a higher priority may
 * overtake. Only `msDispatch` is needed. The `fast` methods are called from inside the read, before the connection
 * reads on: they must return soon and must not throw.
 *
 * Ceph: src/msg/Dispatcher.h
 */
export interface Dispatcher {
  /** Takes the message, or returns false to pass it on. Its throttle is held until the promise settles. */
  msDispatch(message: Message): boolean | Promise<boolean>

  /** Asked once, when the dispatcher is added: false keeps it out of all that is fast. By default, true if it has `msFastDispatch`. */
  msCanFastDispatchAny?(): boolean
  /** True if `msFastDispatch` may take this message at once. Must depend on nothing but the message. */
  msCanFastDispatch?(message: Message): boolean
  /** Takes a message at once. The first of the chain that can gets it, and no other. */
  msFastDispatch?(message: Message): void
  /** Sees every message that is received, before anything else is done with it. */
  msFastPreprocess?(message: Message): void

  /** A connection that we dialled is open, for the first time or again. Every dispatcher is told. */
  msHandleConnect?(connection: Connection): void
  /** The same, at once: before any message of the connection is dispatched. */
  msHandleFastConnect?(connection: Connection): void
  /** A connection that a peer dialled is open, for the first time or again. Every dispatcher is told. */
  msHandleAccept?(connection: Connection): void
  /** The same, at once: before any message of the connection is dispatched. */
  msHandleFastAccept?(connection: Connection): void
  /** A peer has proved who it is. Comes before `msHandleFastAccept`. */
  msHandleAuthentication?(connection: Connection): void

  /**
   * The connection is over, by an error or because the host marked the peer's address down; what was in flight may be
   * lost. Returns true to keep it from the dispatchers that follow.
   */
  msHandleReset?(connection: Connection): boolean | undefined
  /** The peer has lost its side of the session: what was queued or in flight is lost. Every dispatcher is told. */
  msHandleRemoteReset?(connection: Connection): void
  /** Nobody listens at the address dialled. Returns true to keep it from the dispatchers that follow. */
  msHandleRefused?(connection: Connection): boolean | undefined
}
