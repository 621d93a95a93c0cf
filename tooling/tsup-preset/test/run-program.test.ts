import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const runProgram = fileURLToPath(new URL('../run-program.mjs', import.meta.url))

test('a TypeScript program runs with its arguments, and its exit code is passed on', () => {
  const dir = mkdtempSync(join(tmpdir(), 'msgr program '))
  onTestFinished(() => {
    rmSync(dir, { recursive: true })
  })
  writeFileSync(join(dir, 'word.ts'), 'export const word: string = "said"\n')
  writeFileSync(
    join(dir, 'say.ts'),
    `import { word } from './word.ts'
console.log(word, ...process.argv.slice(2))
process.exitCode = 3
`,
  )
  const { stdout, status } = spawnSync(process.execPath, [runProgram, 'say.ts', '--count', '2'], {
    cwd: dir,
    encoding: 'utf8',
  })
  expect({ stdout, status }).toEqual({ stdout: 'said --count 2\n', status: 3 })
})
