import type { MessagePort } from 'node:worker_threads'
import { receiveMessageOnPort } from 'node:worker_threads'
import { holdExternalMemory } from '@msgr/posix'

/**
 * Memory that bodies are put into, many to a slab: what a socket reads at a time is a quarter of it. Larger ones get memory
 * of their own. To make a slab known to the other thread costs as much as several messages.
 */
const SLAB_SIZE = 1024 * 1024
/** How much memory either end remembers, but for the last slab. A body in one that was forgotten makes it known again. */
const REMEMBERED_BYTES = 8 * 1024 * 1024

/** A slab as it goes through the port. */
export interface SlabNotice {
  readonly slab: SharedArrayBuffer
  readonly id: number
}

/** Where a run of bytes lies, for the other end. */
export interface SlabPlace {
  readonly id: number
  readonly offset: number
}

/**
 * Memory that another thread may read, and the way to tell it where in there something lies. Each slab crosses once,
 * whatever is in it; it is collected when neither end has any use for it.
 */
export class SlabWriter {
  readonly #port: Pick<MessagePort, 'postMessage'>
  readonly #ids = new RecentSlabs<ArrayBufferLike, number>()
  #lastId = 0
  #slab = new SharedArrayBuffer(0)
  #at = 0

  constructor(port: Pick<MessagePort, 'postMessage'>) {
    this.#port = port
  }

  /** Room for so many bytes, for the caller to fill before anyone is told of it, and never again. */
  take(length: number): Uint8Array {
    if (length > SLAB_SIZE / 4) return new Uint8Array(allocateSlab(length))
    if (this.#slab.byteLength - this.#at < length) {
      this.#slab = allocateSlab(SLAB_SIZE)
      this.#at = 0
    }
    const bytes = new Uint8Array(this.#slab, this.#at, length)
    // The next begins where numbers of any size may be read.
    this.#at = (this.#at + length + 7) & ~7
    return bytes
  }

  /** Where bytes lie that are in shared memory, whoever put them there; the other end is told of the slab if need be. */
  place(bytes: Uint8Array): SlabPlace | undefined {
    const { buffer, byteOffset } = bytes
    if (!(buffer instanceof SharedArrayBuffer)) return undefined
    return { id: this.#ids.get(buffer) ?? this.#announce(buffer), offset: byteOffset }
  }

  #announce(slab: SharedArrayBuffer): number {
    const id = (this.#lastId = (this.#lastId % 0x7fff_ffff) + 1)
    this.#ids.add(slab, id, slab.byteLength)
    const notice: SlabNotice = { slab, id }
    this.#port.postMessage(notice)
    return id
  }
}

/**
 * The other end of a `SlabWriter`, and of everything else that comes through its port. What is to be read next is known
 * from elsewhere, and is there by then: nothing waits, and nobody is called.
 */
export class PortReader {
  readonly #port: MessagePort
  readonly #slabs = new RecentSlabs<number, SharedArrayBuffer>()

  constructor(port: MessagePort) {
    this.#port = port
  }

  /** The bytes that the other end has placed. */
  bytesAt(id: number, offset: number, length: number): Uint8Array {
    for (;;) {
      const slab = this.#slabs.get(id)
      if (slab !== undefined) return new Uint8Array(slab, offset, length)
      const came = this.#take()
      if (!isSlabNotice(came)) throw new Error(`slab ${id} is used before it is there`)
      this.#add(came)
    }
  }

  /** The next thing in the port that is no slab. */
  next(): unknown {
    for (;;) {
      const came = this.#take()
      if (!isSlabNotice(came)) return came
      this.#add(came)
    }
  }

  #add({ id, slab }: SlabNotice): void {
    holdExternalMemory(slab, slab.byteLength)
    this.#slabs.add(id, slab, slab.byteLength)
  }

  #take(): unknown {
    const received = receiveMessageOnPort(this.#port) as { readonly message: unknown } | undefined
    if (received === undefined) throw new Error('something is said to be in the port, and is not')
    return received.message
  }
}

/**
 * The slabs that came last. Both ends hold the same ones, as they add the same ones in the same order, so that neither
 * speaks of one that the other has forgotten.
 */
class RecentSlabs<K, V> {
  readonly #slabs = new Map<K, { readonly value: V; readonly bytes: number }>()
  #bytes = 0

  get(key: K): V | undefined {
    return this.#slabs.get(key)?.value
  }

  add(key: K, value: V, bytes: number): void {
    this.#bytes += bytes
    for (const [oldest, slab] of this.#slabs) {
      if (this.#bytes <= REMEMBERED_BYTES) break
      this.#slabs.delete(oldest)
      this.#bytes -= slab.bytes
    }
    this.#slabs.set(key, { value, bytes })
  }
}

/** V8 does not count shared memory as its own, on any thread, so that nothing would make it collect slabs. */
function allocateSlab(length: number): SharedArrayBuffer {
  const slab = new SharedArrayBuffer(length)
  holdExternalMemory(slab, length)
  return slab
}

function isSlabNotice(came: unknown): came is SlabNotice {
  return typeof came === 'object' && came !== null && 'slab' in came && came.slab instanceof SharedArrayBuffer
}
