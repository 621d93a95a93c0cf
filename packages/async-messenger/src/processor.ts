import { EVENT_READABLE } from '@msgr/event-driver'
import { EntityAddr, type AddrType } from '@msgr/message'
import type { Listener, Logger } from '@msgr/messenger-core'
import { accept, EAGAIN, ECONNABORTED, EINTR, getSockName } from '@msgr/posix'
import { getSystemErrorName } from 'node:util'
import type { Worker } from './worker.ts'

/** How long a listener rests when it cannot accept, for want of descriptors for example. */
const REST_MS = 1000

/** How many connections one turn accepts: those who are connected already must not wait for a crowd at the door. */
const ACCEPTS_PER_TURN = 32

/** What a processor is made with. */
export interface ProcessorOptions {
  /** Of the address that is listened at. */
  readonly type: AddrType
  readonly logger: Logger
  /** Errors in a row after which the listener rests. */
  readonly maxAcceptFailures: number
  /** Takes each descriptor that a peer has opened. */
  readonly onSocket: (fd: number) => void
}

/**
 * The listening socket of a messenger: takes connections that wait, a few in each turn, as long as there are some.
 *
 * Differs from Ceph: when accept keeps failing it rests for a second, where Ceph ends the process.
 *
 * Ceph: src/msg/async/AsyncMessenger.h, Processor
 */
export class Processor implements Listener {
  readonly addr: EntityAddr
  readonly #fd: number
  readonly #worker: Worker
  readonly #options: ProcessorOptions
  #state: 'waiting' | 'accepting' | 'resting' | 'closed' = 'waiting'
  #restTimer = 0

  /** Takes over a listening descriptor. */
  constructor(fd: number, worker: Worker, options: ProcessorOptions) {
    this.#fd = fd
    this.#worker = worker
    this.#options = options
    const { address, port } = getSockName(fd)
    this.addr = EntityAddr.fromIp(options.type, address, port)
    worker.acquire(fd)
  }

  start(): void {
    if (this.#state === 'closed' || this.#state === 'accepting') return
    this.#state = 'accepting'
    this.#worker.center.createFileEvent(this.#fd, EVENT_READABLE, this.#accept)
  }

  close(): Promise<void> {
    if (this.#state === 'closed') return Promise.resolve()
    if (this.#state === 'accepting') this.#worker.center.deleteFileEvent(this.#fd, EVENT_READABLE)
    this.#worker.center.deleteTimeEvent(this.#restTimer)
    this.#state = 'closed'
    this.#worker.release(this.#fd)
    return new Promise((resolve) => {
      // Behind the event that closes the descriptor, so that the port is free then.
      this.#worker.center.dispatchEventExternal(() => {
        resolve()
      })
    })
  }

  readonly #accept = (): void => {
    let failures = 0
    for (let count = 0; count < ACCEPTS_PER_TURN && this.#state === 'accepting'; count++) {
      const fd = accept(this.#fd)
      if (fd === -EAGAIN) return
      if (fd >= 0) {
        failures = 0
        this.#options.onSocket(fd)
      } else if (fd !== -EINTR && fd !== -ECONNABORTED && ++failures > this.#options.maxAcceptFailures) {
        this.#rest(fd)
      }
    }
  }

  #rest(result: number): void {
    this.#state = 'resting'
    this.#options.logger(
      0,
      `accept at ${this.addr.toString()}: ${getSystemErrorName(result)}; resting for ${REST_MS} ms`,
    )
    this.#worker.center.deleteFileEvent(this.#fd, EVENT_READABLE)
    this.#restTimer = this.#worker.center.createTimeEvent(REST_MS, () => {
      this.start()
    })
  }
}
