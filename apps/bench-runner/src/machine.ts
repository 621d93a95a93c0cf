import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'

/** Where and how figures were made. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly node: string
  readonly platform: string
  readonly arch: string
  readonly kernel: string
  /** When it began, ISO 8601. */
  readonly date: string
  /** Processes that were running or wanted to, on average of the minute before. */
  readonly load: number
  /** What to type for the same again. */
  readonly command: string
}

/** Describes this machine, at this moment, and the command with these arguments. */
export function describeMachine(args: readonly string[]): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    kernel: release(),
    date: new Date().toISOString(),
    load: loadavg()[0] ?? 0,
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  }
}

const BYTES_PER_GIB = 0x4000_0000

/** The description as lines for a person; the last one only if something else wanted the processor as well. */
export function renderMachine(machine: Machine): string {
  const { cpu, cores, memoryBytes, node, platform, arch, kernel, date, load, command } = machine
  const lines = [
    `${cpu}, ${cores} cores, ${(memoryBytes / BYTES_PER_GIB).toFixed(1)} GiB; ${platform} ${kernel} ${arch}; Node.js ${node}`,
    `${date}: ${command}`,
  ]
  if (load > cores / 2)
    lines.push(`The machine was busy before this began: load ${load.toFixed(1)}. Figures may be far off.`)
  return lines.join('\n')
}
