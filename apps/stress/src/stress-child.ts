import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { StressError } from './errors.ts'

/** What of a process's complaints is kept, in characters. */
const MAX_STDERR_LENGTH = 4000

/** How a process is started. */
export interface StartOptions {
  /** For messages. */
  readonly name: string
  /** A program beside this one, without its ending. */
  readonly program: string
  /** Its only argument, as JSON. */
  readonly config: object
  /** How many files it may have open; the system's limit if there is none. */
  readonly maxFiles?: number
}

/** A process of our own, at the other end of a pipe. It leaves when the pipe breaks: see `openParentPipe`. */
export class StressChild<In, Out extends object> {
  readonly name: string
  /** Rejects with `StressError` if it ends before it is let go. Never resolves. */
  readonly failed: Promise<never>
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  readonly #listeners = new Set<(message: In) => void>()
  #stderr = ''
  #isLetGo = false

  constructor({ name, program, config, maxFiles }: StartOptions) {
    this.name = name
    const path = fileURLToPath(new URL(`./${program}.js`, import.meta.url))
    this.#child = startNode([path, JSON.stringify(config)], maxFiles)
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR_LENGTH)
    })
    this.#child.on('message', (message: In) => {
      for (const listener of this.#listeners) listener(message)
    })
    this.#exited = new Promise((resolve) => {
      this.#child.once('close', () => {
        resolve()
      })
      this.#child.once('error', () => {
        resolve()
      })
    })
    this.failed = this.#exited.then(() => this.#fail())
    this.failed.catch(() => undefined)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  onMessage(listener: (message: In) => void): void {
    this.#listeners.add(listener)
  }

  tell(message: Out): void {
    // An error means that the process is about to end, which `failed` says as well.
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  /** The next message that `isIt` accepts. Rejects with `StressError` if the process ends first. */
  hear<M extends In>(isIt: (message: In) => message is M): Promise<M> {
    const heard = new Promise<M>((resolve) => {
      const listener = (message: In): void => {
        if (!isIt(message)) return
        this.#listeners.delete(listener)
        resolve(message)
      }
      this.#listeners.add(listener)
    })
    return Promise.race([heard, this.failed])
  }

  /** From here on its end is no failure. */
  letGo(): void {
    this.#isLetGo = true
  }

  /** `kill -9`. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.letGo()
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  /** Resolves when it has ended by itself, killing it if that takes too long. */
  async leave(patienceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs)
    await this.#exited
    clearTimeout(timer)
  }

  #fail(): Promise<never> {
    if (this.#isLetGo) return new Promise(() => undefined)
    const { exitCode, signalCode } = this.#child
    const how = signalCode ?? `exit code ${String(exitCode)}`
    const words = this.#stderr.trim()
    const text = `${this.name} ended with ${how}${words === '' ? '' : `; it said:\n${words}`}`
    return Promise.reject(new StressError('ERR_STRESS_PROCESS', text))
  }
}

/** The limit on files is the shell's to set: Node cannot. The shell is replaced by Node, so the pipe is Node's. */
function startNode(args: readonly string[], maxFiles: number | undefined): ChildProcess {
  const stdio = ['ignore', 'ignore', 'pipe', 'ipc'] as ('ignore' | 'pipe' | 'ipc')[]
  if (maxFiles === undefined) return spawn(process.execPath, args, { stdio })
  const script = 'ulimit -n "$1" && shift && exec "$@"'
  return spawn('/bin/sh', ['-c', script, 'sh', String(maxFiles), process.execPath, ...args], { stdio })
}
