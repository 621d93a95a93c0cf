import { allocateUncleared } from '@msgr/messenger-core'
import type { Message } from '@msgr/message'
import { hasLargePart } from './channel.ts'

/** Up to this size it may be a slab for small things, which do not cross in place, or for what is written. */
const NEVER_SHARED = 64 * 1024

/**
 * What a worker's sockets and sessions read into. Memory that two threads share is dear: it has to be cleared, V8 copies
 * to and from it word by word, and the other thread is to be told of it. So it is taken only while large parts of messages
 * go to the messenger's thread, of which the last such message tells; what lies elsewhere when it crosses is copied once.
 */
export class ReadMemory {
  readonly #takeShared: (length: number) => Uint8Array
  #isShared = false

  constructor(takeShared: (length: number) => Uint8Array) {
    this.#takeShared = takeShared
  }

  /** Memory that holds anything. */
  readonly take = (length: number): Uint8Array =>
    this.#isShared && length > NEVER_SHARED ? this.#takeShared(length) : allocateUncleared(length)

  /** A message was dispatched on this thread, or goes to the messenger's. */
  dispatched(message: Message, { crosses }: { readonly crosses: boolean }): void {
    if (this.#isShared !== crosses && hasLargePart(message)) this.#isShared = crosses
  }
}
