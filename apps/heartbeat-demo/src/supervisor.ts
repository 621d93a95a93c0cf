import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { DemoError } from './errors.ts'
import type { ToChild } from './process-protocol.ts'

/** What of a process's complaints is kept, in characters. */
const MAX_STDERR_LENGTH = 4000

/** `'stopped'`: it exists and does not run, by SIGSTOP. */
export type ProcessState = 'running' | 'stopped' | 'ended'

/** How a process ended: with an exit code, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One process of the demo. */
export class SupervisedProcess {
  readonly name: string
  readonly ended: Promise<ProcessEnd>
  readonly #child: ChildProcess
  #state: ProcessState = 'running'
  #stderr = ''

  constructor(name: string, child: ChildProcess) {
    this.name = name
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR_LENGTH)
    })
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#state = 'ended'
        resolve({ code, signal })
      })
      child.once('error', () => {
        if (child.pid !== undefined) return
        this.#state = 'ended'
        resolve({ code: null, signal: null })
      })
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get state(): ProcessState {
    return this.#state
  }

  /** The last that it wrote to stderr. */
  get complaints(): string {
    return this.#stderr.trim()
  }

  /** `kill -9`. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Lets it hang, as a process on a dying disk does: its sockets stay open and nobody reads them. */
  freeze(): void {
    if (this.#child.kill('SIGSTOP')) this.#state = 'stopped'
  }

  thaw(): void {
    if (this.#child.kill('SIGCONT') && this.#state === 'stopped') this.#state = 'running'
  }

  tell(message: ToChild): void {
    // An error means that the process is about to end, which `ended` says as well.
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }
}

/**
 * Starts the processes of the demo, and sees to it that all of them end: those that are asked to, those that hang, and,
 * should this process vanish, all that it has started.
 */
export class Supervisor {
  readonly #processes = new Set<SupervisedProcess>()
  readonly #programs: URL
  readonly #killAll = (): void => {
    for (const process of this.#processes) process.kill()
  }

  /** `programs` is the folder of what it starts. */
  constructor(programs: URL = new URL('./', import.meta.url)) {
    this.#programs = programs
  }

  get processes(): Iterable<SupervisedProcess> {
    return this.#processes
  }

  /** Starts a program, with the JSON of `config` as its argument. `onNews` gets what it tells. */
  start(name: string, program: string, config: object, onNews: (news: unknown) => void): SupervisedProcess {
    const path = fileURLToPath(new URL(`${program}.js`, this.#programs))
    const child = fork(path, [JSON.stringify(config)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    const started = new SupervisedProcess(name, child)
    child.on('message', onNews)
    // Whatever ends us in an orderly way, an error that nobody caught included, ends them.
    if (this.#processes.size === 0) process.once('exit', this.#killAll)
    this.#processes.add(started)
    this.#introduce()
    void started.ended.then(() => {
      this.#processes.delete(started)
      if (this.#processes.size === 0) process.off('exit', this.#killAll)
      this.#introduce()
    })
    return started
  }

  /**
   * Ends all processes: asks them, and kills those that are still there after `patienceMs`. How each of them ended.
   */
  async endAll(patienceMs: number): Promise<ReadonlyMap<SupervisedProcess, ProcessEnd>> {
    const all = [...this.#processes]
    for (const process of all) {
      process.thaw()
      process.tell({ kind: 'stop' })
    }
    const timer = setTimeout(this.#killAll, patienceMs)
    const ends = await Promise.all(all.map(async (process) => [process, await process.ended] as const))
    clearTimeout(timer)
    return new Map(ends)
  }

  /** Kills all processes at once. */
  killAll(): void {
    this.#killAll()
  }

  /** Tells every process of all the others, for the case that we vanish. */
  #introduce(): void {
    const pids = [...this.#processes].flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
    for (const process of this.#processes)
      process.tell({ kind: 'siblings', pids: pids.filter((pid) => pid !== process.pid) })
  }
}

/** The error for a process that ended when it should not have. */
export function unexpectedEnd({ name, complaints }: SupervisedProcess, { code, signal }: ProcessEnd): DemoError {
  const how = signal === null ? `with exit code ${String(code)}` : `by ${signal}`
  const words = complaints === '' ? '' : `; it said:\n${complaints}`
  return new DemoError('ERR_HEARTBEAT_PROCESS', `${name} ended ${how}, which nobody meant it to${words}`)
}
