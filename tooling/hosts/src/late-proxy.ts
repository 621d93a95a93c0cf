import { fileURLToPath } from 'node:url'
import type { Host } from './host.ts'
import { HostProcess } from './host-process.ts'

const PROGRAM = fileURLToPath(new URL('../dist/late-proxy-process.js', import.meta.url))

/** How a proxy is to be: its only argument, as JSON. Delays are random, up to what is given. */
export interface LateProxySetup {
  readonly port: number
  readonly target: { readonly host: string; readonly port: number }
  /** u32 */
  readonly seed: number
  readonly connectDelayMs: number
  readonly chunkDelayMs: number
  /** A connection breaks after so many chunks, or up to twice as many. */
  readonly chunksToBreak: number
  /** How late, after that, what was under way ends. */
  readonly breakDelayMs: number
}

/** Connections that came, and those of them that it broke. */
export interface LateProxyFigures {
  readonly links: number
  readonly breaks: number
}

/** A slow stretch of network in front of a port of a host, of which neither end knows. */
export class LateProxy {
  readonly #process: HostProcess
  #figures: LateProxyFigures | undefined

  private constructor(host: Host, setup: LateProxySetup) {
    this.#process = new HostProcess(host, PROGRAM, [JSON.stringify(setup)])
    this.#process.child.on('message', (figures: LateProxyFigures) => {
      this.#figures = figures
    })
  }

  /** Every connection to the port that comes from another host goes through it from now on. */
  static async inFrontOf(host: Host, port: number, setup: Omit<LateProxySetup, 'port' | 'target'>): Promise<LateProxy> {
    const proxyPort = port + 1
    const proxy = new LateProxy(host, { ...setup, port: proxyPort, target: { host: host.ip, port } })
    const told = (): LateProxyFigures | undefined => proxy.#figures
    await proxy.#process.until('the proxy listens', () => told() !== undefined, told)
    await host.redirect(port, proxyPort)
    return proxy
  }

  get figures(): LateProxyFigures {
    return this.#figures ?? { links: 0, breaks: 0 }
  }
}
