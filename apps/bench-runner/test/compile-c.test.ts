import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileC } from '../src/compile-c.ts'

const folder = mkdtempSync(join(tmpdir(), 'msgr-bench-c-'))
const source = join(folder, 'small.c')
const isMissing = (() => {
  try {
    execFileSync(process.env['CC'] ?? 'cc', ['--version'], { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
})()

beforeAll(() => writeFileSync(source, '#include <stdio.h>\nint main(void) { puts("one"); return 0; }\n'))
afterAll(() => rmSync(folder, { recursive: true }))

test.skipIf(isMissing)('a source is compiled once, and again when it has changed', async () => {
  const first = await compileC(source, folder)
  expect(execFileSync(first, { encoding: 'utf8' })).toBe('one\n')
  const made = statSync(first, { bigint: true }).mtimeNs
  expect(await compileC(source, folder)).toBe(first)
  expect(statSync(first, { bigint: true }).mtimeNs).toBe(made)
  writeFileSync(source, '#include <stdio.h>\nint main(void) { puts("two"); return 0; }\n')
  expect(execFileSync(await compileC(source, folder), { encoding: 'utf8' })).toBe('two\n')
})

test('what the compiler has against it is told, and so is that there is none', async () => {
  const wrong = join(folder, 'wrong.c')
  writeFileSync(wrong, 'int main(void) { return nothing; }\n')
  await expect(compileC(wrong, folder)).rejects.toMatchObject({ code: 'ERR_BENCH_UNAVAILABLE' })
})
