import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BenchError } from './errors.ts'
import { LineProcess } from './line-process.ts'
import { findWorkspaceRoot } from './package-benches.ts'

/** Who pings, as those who are pinged know it. */
export interface PingingOsd {
  readonly fsid: string
  /** Its number. */
  readonly osd: number
  /** Since which epoch it has been up. */
  readonly upFrom: number
}

interface TargetLine extends PingingOsd {
  readonly pid: number
  readonly address: string
}

const PROGRAMS = ['ceph-mon', 'ceph-osd', 'ceph', 'ceph-authtool', 'monmaptool']
const HINT = 'apt-get install --no-install-recommends ceph-mon ceph-osd ceph-common'
/** Both daemons have to boot, and a machine may have much else to do. */
const BOOT_DEADLINE_MS = 180_000

/** A real OSD, in a cluster that has another OSD in its map, for us to ping as. It runs until it is stopped. */
export class CephTarget {
  readonly #process: LineProcess
  readonly #line: TargetLine

  private constructor(target: LineProcess, line: TargetLine) {
    this.#process = target
    this.#line = line
  }

  /** Throws `BenchError` if Ceph is not installed, or does not boot. */
  static async boot(programs: readonly string[] = PROGRAMS): Promise<CephTarget> {
    for (const program of programs) {
      await promisify(execFile)(program, ['--version']).catch((cause: unknown) => {
        throw new BenchError('ERR_BENCH_UNAVAILABLE', `${program} is missing: ${HINT}`, cause)
      })
    }
    const cwd = join(findWorkspaceRoot(fileURLToPath(new URL('.', import.meta.url))), 'tooling/interop')
    const args = ['../tsup-preset/run-program.mjs', 'src/heartbeat-target.ts']
    const target = new LineProcess(process.execPath, args, { cwd, answerDeadlineMs: BOOT_DEADLINE_MS })
    try {
      return new CephTarget(target, JSON.parse(await target.next()) as TargetLine)
    } catch (error) {
      await target.stop()
      throw error
    }
  }

  /** The process of the real OSD. */
  get pid(): number {
    return this.#line.pid
  }

  /** Where it is pinged. */
  get address(): string {
    return this.#line.address
  }

  get pinging(): PingingOsd {
    return this.#line
  }

  /** Makes it pad its answers to this size, and tells the epoch of the newest map. */
  async pad(bytes: number): Promise<number> {
    return Number(await this.#process.ask(String(bytes)))
  }

  stop(): Promise<void> {
    return this.#process.stop()
  }
}
