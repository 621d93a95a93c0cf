import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Asked, Protocol, Question, Reply } from './asked.ts'
import { BenchError } from './errors.ts'

/** What a child is started with, and how patient one is with it. */
export interface ChildOptions {
  /** For Node itself, before the module. */
  readonly nodeFlags?: readonly string[]
  /** How long an answer may take. By default 30 s, of which the longest run takes a small part. */
  readonly answerDeadlineMs?: number
  /** How long it may take to leave when it is let go, before it is killed. By default 5 s. */
  readonly leaveDeadlineMs?: number
}

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

/** A process of our own that answers questions: it runs a module that calls `answerParent`. */
export class ForkedChild<P extends Protocol<P>> implements Asked<P> {
  readonly #name: string
  readonly #child: ChildProcess
  readonly #answerDeadlineMs: number
  readonly #leaveDeadlineMs: number
  readonly #exited: Promise<void>
  #waiting: Waiting | undefined = undefined
  #end: string | undefined = undefined

  /** Starts the module, a path. `name` is for messages of errors. */
  constructor(name: string, modulePath: string, options: ChildOptions = {}) {
    const { answerDeadlineMs = 30_000, leaveDeadlineMs = 5_000, nodeFlags = [] } = options
    this.#name = name
    this.#answerDeadlineMs = answerDeadlineMs
    this.#leaveDeadlineMs = leaveDeadlineMs
    this.#child = fork(modulePath, { execArgv: [...nodeFlags], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#child.on('message', (reply: Reply) => {
      const waiting = this.#take()
      if ('answer' in reply) waiting?.resolve(reply.answer)
      else waiting?.reject(this.#error(reply.failure))
    })
    this.#exited = new Promise((resolve) => {
      const end = (how: string): void => {
        this.#end ??= how
        this.#take()?.reject(this.#error(how))
        resolve()
      }
      this.#child.once('error', (error) => end(`cannot be started: ${error.message}`))
      this.#child.once('exit', (code, signal) => end(`ended by ${signal ?? `exit code ${code ?? 'unknown'}`}`))
    })
  }

  /** Rejects with `BenchError` if the answer is an error, takes too long, or the process ends first. */
  ask<K extends keyof P & string>(kind: K, argument: P[K]['argument']): Promise<P[K]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.#waiting !== undefined) throw new Error(`${this.#name}: asked for ${kind} before it has answered`)
      if (this.#end !== undefined) throw this.#error(this.#end)
      const timer = setTimeout(() => {
        // Whatever it says later must not be taken for the answer to another question.
        this.#end ??= `no answer to ${kind} within ${this.#answerDeadlineMs} ms`
        this.#take()?.reject(this.#error(this.#end))
      }, this.#answerDeadlineMs)
      const settle = <T>(how: (value: T) => void) => {
        return (value: T): void => {
          clearTimeout(timer)
          how(value)
        }
      }
      this.#waiting = { resolve: settle(resolve), reject: settle(reject) }
      const question: Question = { kind, argument }
      // If it cannot be sent, the process has ended, and that is said as well.
      this.#child.send(question, () => undefined)
    })
  }

  /** Ends the process. Resolves when it has. */
  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect()
    const killing = setTimeout(() => this.#child.kill('SIGKILL'), this.#leaveDeadlineMs)
    await this.#exited
    clearTimeout(killing)
  }

  #take(): Waiting | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    return waiting
  }

  #error(text: string): BenchError {
    return new BenchError('ERR_BENCH_PROCESS', `${this.#name}: ${text}`)
  }
}

/** Where the build puts an entry: beside the one that runs. */
export function builtModule(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url))
}
