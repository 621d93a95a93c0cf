import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

/** The built program, run as a process of its own, as its user runs it. */
export class CommandProcess {
  readonly child: ChildProcess
  readonly ended: Promise<number | NodeJS.Signals>
  output = ''
  #isOver = false
  #wake: () => void = () => undefined

  /** `env`: what it has in its environment besides what this process has. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    if (!existsSync(CLI)) throw new Error('the program is not built: run "npm run build" in the root first')
    this.child = spawn(process.execPath, [CLI, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
        this.#wake()
      })
    }
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.#isOver = true
        this.#wake()
        resolve(signal ?? code ?? -1)
      })
    })
  }

  /** Resolves when it has printed something like this; rejects if it ends without. */
  async prints(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) {
      if (this.#isOver) throw new Error(`it ended without printing ${String(pattern)}:\n${this.output}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

/** The processes that this one has started and that are there, in whatever state. Linux only. */
export function childrenOf(pid: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((child) => parentOf(child) === pid)
}

/** False for a process that has ended, also if nobody has asked for its exit code yet. Linux only. */
export function isAlive(pid: number): boolean {
  const state = fieldsOf(pid)?.[0]
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** True if the process is stopped by a signal. Linux only. */
export function isStopped(pid: number): boolean {
  return fieldsOf(pid)?.[0] === 'T'
}

function parentOf(pid: number): number | undefined {
  const parent = fieldsOf(pid)?.[1]
  return parent === undefined ? undefined : Number(parent)
}

/** The fields of /proc/PID/stat that follow the name: state, parent and more. */
function fieldsOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return undefined
  }
}
