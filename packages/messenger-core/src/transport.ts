import type { EntityAddr } from '@msgr/message'

/**
 * One open byte stream, or one that is being opened. It moves bytes and knows nothing of what they mean. Once `close`
 * has returned it never calls its owner again: a late event must not be taken for one of the owner's next transport.
 */
export interface Transport {
  /** The peer's end; of type `none` before the transport is open. */
  readonly remoteAddr: EntityAddr
  /**
   * The owner may have something to write: ask it with `takeOutput`, now or soon, until it has no more. Whether now is
   * best, `EarlyWrites` tells. The owner is told of no error before this returns.
   */
  flush(): void
  /** Calls `onBytes` no more until `resumeReading`, but for what was on its way. */
  pauseReading(): void
  resumeReading(): void
  /** Closes the stream at once. Bytes not yet written are lost. */
  close(): void
  /** From now on the events go to another owner, as when a session takes over a socket. */
  setOwner(owner: TransportOwner): void
}

/** What a transport tells and asks. */
export interface TransportOwner {
  /** The stream is open. Not called for one that was accepted. */
  onTransportOpen(): void
  /** Where the next bytes belong, if there are many: `onBytes` copies nothing that lies at the beginning of it. */
  readonly inputTarget: Uint8Array | undefined
  /** Bytes have come. They may be overwritten only if `releaseInput` says so afterwards. */
  onBytes(bytes: Uint8Array): void
  /** True if nothing given to `onBytes` is in use any more. */
  releaseInput(): boolean
  /** True if `takeOutput` would give something. */
  readonly wantsOutput: boolean
  /** How many writes what is to be written would be worth: from 1 on the peer may have it while more is made. */
  readonly writesWaiting: number
  /** About `maxBytes` to write, in order. They are the transport's to keep and do not change. */
  takeOutput(maxBytes: number): Uint8Array[]
  /** The stream could not be opened, broke, or was ended by the peer. The transport is of no more use. */
  onTransportClosed(error: Error): void
}
