import { fileURLToPath } from 'node:url'
import type { Host } from './host.ts'
import { HostProcess } from './host-process.ts'
import type { PeerFigures, PeerSetup, PeerStream } from './peer-protocol.ts'

const PROGRAM = fileURLToPath(new URL('../dist/peer-process.js', import.meta.url))

/** A peer process, from its parent's side. */
export class Peer {
  readonly name: string
  readonly #process: HostProcess
  #figures: PeerFigures | undefined

  private constructor(host: Host, setup: PeerSetup) {
    this.name = `osd.${setup.id}`
    this.#process = new HostProcess(host, PROGRAM, [JSON.stringify(setup)])
    this.#process.child.on('message', (figures: PeerFigures) => {
      this.#figures = figures
    })
  }

  /** Resolves when the process listens. */
  static async start(host: Host, setup: PeerSetup): Promise<Peer> {
    const peer = new Peer(host, setup)
    await peer.until('it listens', ({ addr }) => addr !== undefined)
    return peer
  }

  /** What it told last. */
  get figures(): PeerFigures {
    if (this.#figures === undefined) throw new Error(`${this.name} has not told anything yet`)
    return this.#figures
  }

  send(stream: PeerStream): void {
    this.#process.child.send(stream)
  }

  /** Resolves when what it tells is so; rejects, with the last it told, if it never is. */
  async until(what: string, isSo: (figures: PeerFigures) => boolean): Promise<void> {
    const told = (): PeerFigures | undefined => this.#figures
    await this.#process.until(`${this.name}: ${what}`, () => this.#figures !== undefined && isSo(this.#figures), told)
  }

  async stop(): Promise<void> {
    await this.#process.stop()
  }
}
