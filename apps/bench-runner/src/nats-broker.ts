import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { BenchError } from './errors.ts'
import { cpuMicrosOf } from './process-cpu.ts'

/** Room for the largest payload. All else is as it comes. */
const CONFIG = 'max_payload: 8MB\n'
const LISTENING = /Listening for client connections on (\S+)/
const HINT = 'apt-get install --no-install-recommends nats-server'

/** A nats-server of Debian, on a free port. */
export class NatsBroker {
  /** Host and port. */
  readonly address: string
  readonly #process: ChildProcess
  readonly #dir: string
  readonly #kill: () => void

  private constructor(address: string, broker: ChildProcess, dir: string, kill: () => void) {
    this.address = address
    this.#process = broker
    this.#dir = dir
    this.#kill = kill
  }

  /** Throws `BenchError` if there is no such program. */
  static async start(program = 'nats-server'): Promise<NatsBroker> {
    const dir = await mkdtemp(join(tmpdir(), 'msgr-bench-nats-'))
    const config = join(dir, 'nats.conf')
    await writeFile(config, CONFIG)
    // Where Debian puts it is not in everybody's path.
    const env = { ...process.env, PATH: [process.env['PATH'] ?? '', '/usr/sbin'].join(delimiter) }
    const args = ['--addr', '127.0.0.1', '--port', '-1', '--config', config]
    const broker = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    // Whatever ends this process must end that one.
    const kill = (): void => void broker.kill('SIGKILL')
    process.once('exit', kill)
    try {
      return new NatsBroker(await addressOf(broker), broker, dir, kill)
    } catch (error) {
      process.off('exit', kill)
      kill()
      await rm(dir, { recursive: true })
      throw error
    }
  }

  get cpuMicros(): number {
    return this.#process.pid === undefined ? 0 : cpuMicrosOf(this.#process.pid)
  }

  async stop(): Promise<void> {
    const exited = once(this.#process, 'exit')
    process.off('exit', this.#kill)
    this.#kill()
    await exited
    await rm(this.#dir, { recursive: true })
  }
}

/** Reads what it logs until it says where it listens; what comes later is read and forgotten. */
async function addressOf(broker: ChildProcess): Promise<string> {
  if (broker.stderr === null) throw new Error('nats-server: expected a pipe')
  const lines = createInterface({ input: broker.stderr })
  let last = ''
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      last = line
      const address = LISTENING.exec(line)?.[1]
      if (address !== undefined) resolve(address)
    })
    broker.once('error', () => reject(new BenchError('ERR_BENCH_UNAVAILABLE', `nats-server is missing: ${HINT}`)))
    broker.once('exit', () => reject(new BenchError('ERR_BENCH_UNAVAILABLE', `nats-server does not start: ${last}`)))
  })
}
