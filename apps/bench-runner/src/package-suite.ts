import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { relative } from 'node:path'
import { BenchError } from './errors.ts'
import type { PackageBenches } from './package-benches.ts'
import type { Suite } from './suite.ts'

/** The suites that the packages' own benches make up. What they print goes to stdout as it is. */
export function packageSuites(root: string, benches: readonly PackageBenches[]): readonly Suite[] {
  return benches.map(({ suite, dir, files }) => ({
    name: suite,
    run: async (stage) => {
      stage.print(`\n${relative(root, dir)}: ${files.join(' ')}`)
      await runBenches(dir, files)
      // The benches print their tables themselves.
      return { results: [], leftOut: [], failures: [] }
    },
  }))
}

/** Runs a package's script `bench`, which takes names of files. */
async function runBenches(dir: string, files: readonly string[]): Promise<void> {
  // On Windows npm is a batch file, which only a shell can start.
  const shell = process.platform === 'win32'
  const child = spawn('npm', ['run', '--silent', 'bench', '--', ...files], { cwd: dir, stdio: 'inherit', shell })
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  if (code !== 0)
    throw new BenchError('ERR_BENCH_PROCESS', `${dir}: its benches ended with ${signal ?? code ?? 'nothing'}`)
}
