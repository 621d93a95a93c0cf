import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The benches of one package, as a suite. */
export interface PackageBenches {
  readonly suite: string
  /** The package's folder. */
  readonly dir: string
  /** Names in its folder `bench`. */
  readonly files: readonly string[]
}

/** Suites whose name is not that of the package. */
const SUITE_OF_PACKAGE: Readonly<Record<string, string>> = { 'msgr-protocol': 'protocol' }

/** Packages that a contest measures: what their own benches tell is for those who work on them. */
const PACKAGES_WITH_CONTEST: readonly string[] = ['bufferlist', 'prioritized-queue', 'event-driver']

/** The folder of the workspace that a folder is in. Throws an `Error` if it is in none. */
export function findWorkspaceRoot(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'pnpm-workspace.yaml'))) return dir
    if (dirname(dir) === dir) throw new Error(`${from}: there is no pnpm-workspace.yaml in it or above it`)
  }
}

/** The benches of all packages that no contest measures, in the order of the packages' names. */
export function findPackageBenches(root: string): readonly PackageBenches[] {
  const packages = join(root, 'packages')
  const names = readdirSync(packages).filter((name) => !PACKAGES_WITH_CONTEST.includes(name))
  return names.sort().flatMap((name) => {
    const dir = join(packages, name)
    const bench = join(dir, 'bench')
    const files = existsSync(bench) ? readdirSync(bench).filter((file) => file.endsWith('.bench.ts')) : []
    return files.length === 0 ? [] : [{ suite: SUITE_OF_PACKAGE[name] ?? name, dir, files: files.sort() }]
  })
}
