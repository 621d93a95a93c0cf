import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import { BenchError } from './errors.ts'

/** What a program is started with, and how patient one is with it. */
export interface LineProcessOptions {
  readonly cwd?: string
  /** How long an answer may take before the program is killed. By default 30 s. */
  readonly answerDeadlineMs?: number
}

/** A program that answers each line with a line, and ends with its stdin. What it complains of goes to our stderr. */
export class LineProcess {
  readonly #name: string
  readonly #child: ChildProcess
  readonly #lines: Interface
  readonly #exited: Promise<string>
  readonly #answers: AsyncIterator<string>
  readonly #answerDeadlineMs: number

  constructor(path: string, args: readonly string[], options: LineProcessOptions = {}) {
    const { answerDeadlineMs = 30_000, ...surroundings } = options
    this.#name = [path, ...args].join(' ')
    this.#answerDeadlineMs = answerDeadlineMs
    this.#child = spawn(path, args, { ...surroundings, stdio: ['pipe', 'pipe', 'inherit'] })
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message))
      this.#child.once('exit', (code, signal) => resolve(`ended by ${signal ?? `exit code ${code ?? 'unknown'}`}`))
    })
    const { stdin, stdout } = this.#child
    if (stdin === null || stdout === null) throw new Error(`${this.#name}: expected pipes`)
    // If it has ended, the end of its stdout says so.
    stdin.on('error', () => undefined)
    this.#lines = createInterface({ input: stdout })
    this.#answers = this.#lines[Symbol.asyncIterator]()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** The next line that it prints. Rejects with `BenchError` if it ends before, or takes too long. */
  async next(): Promise<string> {
    const late = setTimeout(() => this.#child.kill('SIGKILL'), this.#answerDeadlineMs)
    const answer = await this.#answers.next()
    clearTimeout(late)
    if (answer.done !== true) return answer.value
    throw new BenchError('ERR_BENCH_PROCESS', `${this.#name}: ${await this.#exited}`)
  }

  /** Gives it a line. The answer comes with `next`. */
  ask(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`)
    return this.next()
  }

  /** Ends its stdin. Resolves when it has ended. */
  async stop(): Promise<void> {
    this.#child.stdin?.end()
    await this.#exited
    this.#lines.close()
  }
}
