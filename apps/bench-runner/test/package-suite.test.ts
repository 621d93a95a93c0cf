import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { packageSuites } from '../src/package-suite.ts'
import type { SuiteStage } from '../src/suite.ts'

const root = mkdtempSync(join(tmpdir(), 'msgr-bench-'))
afterAll(() => rmSync(root, { recursive: true }))

/** A package whose script `bench` is this program; returns its folder. */
function makePackage(name: string, program: string): string {
  const dir = join(root, 'packages', name)
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name, scripts: { bench: 'node bench.mjs' } }))
  writeFileSync(join(dir, 'bench.mjs'), program)
  return dir
}

function stage(printed: string[]): SuiteStage {
  const progress = { begin: () => undefined, step: () => undefined, clear: () => undefined }
  const preparePeers = (): Promise<void> => Promise.resolve()
  return { isQuick: false, progress, preparePeers, print: (text) => void printed.push(text) }
}

test("a suite runs its package's script, with the names of its files", async () => {
  const program = `import { writeFileSync } from 'node:fs'
    writeFileSync('ran.txt', process.argv.slice(2).join(' '))`
  const [one, two] = [makePackage('one', program), makePackage('two', program)]
  const suites = packageSuites(root, [
    { suite: 'one', dir: one, files: ['a.bench.ts', 'b.bench.ts'] },
    { suite: 'second', dir: two, files: ['c.bench.ts'] },
  ])
  const printed: string[] = []
  expect(suites.map(({ name }) => name)).toEqual(['one', 'second'])
  for (const suite of suites) {
    expect(await suite.run(stage(printed))).toEqual({ results: [], leftOut: [], failures: [] })
  }
  expect(printed).toEqual(['\npackages/one: a.bench.ts b.bench.ts', '\npackages/two: c.bench.ts'])
  expect(readFileSync(join(one, 'ran.txt'), 'utf8')).toBe('a.bench.ts b.bench.ts')
  expect(readFileSync(join(two, 'ran.txt'), 'utf8')).toBe('c.bench.ts')
})

test('a script that fails fails the suite', async () => {
  const dir = makePackage('failing', 'process.exit(3)')
  const [suite] = packageSuites(root, [{ suite: 'failing', dir, files: [] }])
  await expect(suite!.run(stage([]))).rejects.toThrow(
    expect.objectContaining({ code: 'ERR_BENCH_PROCESS', message: `${dir}: its benches ended with 3` }) as Error,
  )
})
