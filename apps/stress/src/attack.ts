import type { Socket } from 'node:net'
import type { AttackFigures } from './flood-protocol.ts'

/** How many connections are opened at a time, and how often. */
const OPEN_AT_ONCE = 200
const OPEN_EVERY_MS = 50

/** Keeps a number of bad connections open: those that the server closes are opened again, at a bounded pace. */
export class Attack {
  readonly #count: number
  readonly #open: () => Socket
  readonly #sockets = new Set<Socket>()
  readonly #figures = { connected: 0, closed: 0, failed: 0, mostOpen: 0 }
  #timer: NodeJS.Timeout | undefined

  /** `open` begins a connection of the bad kind, whatever that is. */
  constructor(count: number, open: () => Socket) {
    this.#count = count
    this.#open = open
  }

  get figures(): AttackFigures {
    return { ...this.#figures, open: this.#sockets.size }
  }

  start(): void {
    this.#timer = setInterval(() => {
      const missing = this.#count - this.#sockets.size
      for (let index = 0; index < Math.min(missing, OPEN_AT_ONCE); index++) this.#add()
    }, OPEN_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const socket of this.#sockets) socket.destroy()
    this.#sockets.clear()
  }

  #add(): void {
    const socket = this.#open()
    let isConnected = false
    this.#sockets.add(socket)
    this.#figures.mostOpen = Math.max(this.#figures.mostOpen, this.#sockets.size)
    socket.once('connect', () => {
      isConnected = true
      this.#figures.connected++
    })
    socket.once('close', () => {
      if (!this.#sockets.delete(socket)) return
      if (isConnected) this.#figures.closed++
      else this.#figures.failed++
    })
  }
}
