import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BenchError } from './errors.ts'

/** Where the peers are: outside the workspace, since they are large and only comparisons need them. */
const PEERS_DIR = fileURLToPath(new URL('../peers/', import.meta.url))
const FLAGS = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--prefer-offline']

/** Packages that others have made, of pinned versions, in a folder with a package.json and a lockfile. */
export class Peers {
  readonly #dir: string

  constructor(dir: string = PEERS_DIR) {
    this.#dir = dir
  }

  /** True if they are there as the lockfile wants them. */
  get areInstalled(): boolean {
    return existsSync(this.#stamp) && readFileSync(this.#stamp, 'utf8') === this.#lockDigest
  }

  /** Installs them, if they are not. Takes npm and a registry; throws `BenchError` if that does not work. */
  async install(): Promise<void> {
    if (this.areInstalled) return
    // On Windows npm is a batch file, which only a shell can start.
    const shell = process.platform === 'win32'
    try {
      await promisify(execFile)('npm', ['ci', ...FLAGS], { cwd: this.#dir, shell })
    } catch (cause) {
      throw new BenchError('ERR_BENCH_UNAVAILABLE', `npm ci in ${this.#dir}: ${lastLine(cause)}`, cause)
    }
    writeFileSync(this.#stamp, this.#lockDigest)
  }

  get #stamp(): string {
    return join(this.#dir, 'node_modules/.msgr-bench')
  }

  get #lockDigest(): string {
    return createHash('sha256')
      .update(readFileSync(join(this.#dir, 'package-lock.json')))
      .digest('hex')
  }
}

/** A peer's module, of which `Module` says what is used. Throws `BenchError` if it is not installed or does not load. */
export async function loadPeer<Module>(name: string): Promise<Module> {
  const loader = (await import(new URL('../peers/load.mjs', import.meta.url).href)) as {
    load(name: string): Promise<unknown>
  }
  try {
    return (await loader.load(name)) as Module
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND'
    const reason = isMissing ? 'not installed: a run without --quick installs it' : lastLine(cause)
    throw new BenchError('ERR_BENCH_UNAVAILABLE', reason, cause)
  }
}

function lastLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).trimEnd().split('\n').at(-1) ?? ''
}
