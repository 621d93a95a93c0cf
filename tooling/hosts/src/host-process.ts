import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Host } from './host.ts'

/** How long to wait for what must come. */
const PATIENCE_MS = 45_000

/** A program of this workspace that runs on a host, and tells by IPC or on its stdout how it goes. */
export class HostProcess {
  readonly child: ChildProcess
  /** All that it wrote. */
  output = ''
  #isOver = false
  #waiting: (() => void)[] = []

  /** Starts a script; throws if it is not built. */
  constructor(host: Host, script: string, args: readonly string[]) {
    if (!existsSync(script)) throw new Error(`there is no ${script}: run "npm run build" in the root first`)
    this.child = host.spawn(process.execPath, [script, ...args])
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
        this.#wake()
      })
    }
    this.child.on('message', () => {
      this.#wake()
    })
    this.child.once('close', () => {
      this.#isOver = true
      this.#wake()
    })
  }

  /** Resolves when, after something it told, it is so. Rejects if it never is, with what `told` says then. */
  async until(what: string, isSo: () => boolean, told: () => unknown): Promise<void> {
    const patience = AbortSignal.timeout(PATIENCE_MS)
    patience.addEventListener('abort', () => {
      this.#wake()
    })
    while (!isSo()) {
      if (this.#isOver || patience.aborted) {
        throw new Error(`gave up waiting until ${what}: ${JSON.stringify(told(), null, 2)}\n${this.output}`)
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  async stop(): Promise<void> {
    if (this.#isOver) return
    const closed = once(this.child, 'close')
    this.child.kill('SIGKILL')
    await closed
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
