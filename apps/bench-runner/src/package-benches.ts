import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The benches of one package, or those of them that make up a suite. */
export interface PackageBenches {
  readonly suite: string
  /** The package's folder. */
  readonly dir: string
  /** Names in its folder `bench`. */
  readonly files: readonly string[]
}

/** Suites whose name is not that of the package. */
const SUITE_OF_PACKAGE: Readonly<Record<string, string>> = {
  'prioritized-queue': 'queue',
  'event-driver': 'driver',
  'msgr-protocol': 'protocol',
}

/** Benches of this name are a suite of their own, whichever packages they are in. */
const OWN_SUITE = 'crc32c'

/** The folder of the workspace that a folder is in. Throws an `Error` if it is in none. */
export function findWorkspaceRoot(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'pnpm-workspace.yaml'))) return dir
    if (dirname(dir) === dir) throw new Error(`${from}: there is no pnpm-workspace.yaml in it or above it`)
  }
}

/** All benches of all packages, in the order of the packages' names. */
export function findPackageBenches(root: string): readonly PackageBenches[] {
  const packages = join(root, 'packages')
  return readdirSync(packages)
    .sort()
    .flatMap((name) => {
      const dir = join(packages, name)
      const bench = join(dir, 'bench')
      const files = existsSync(bench) ? readdirSync(bench).filter((file) => file.endsWith('.bench.ts')) : []
      const suites = [...new Set(files.map((file) => suiteOf(name, file)))].sort()
      return suites.map((suite) => {
        return { suite, dir, files: files.filter((file) => suiteOf(name, file) === suite).sort() }
      })
    })
}

function suiteOf(packageName: string, file: string): string {
  return file === `${OWN_SUITE}.bench.ts` ? OWN_SUITE : (SUITE_OF_PACKAGE[packageName] ?? packageName)
}
