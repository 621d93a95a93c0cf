import { readFileSync, rmSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { keptInputs } from '../src/corpus.ts'
import { recordFinding, renderFinding } from '../src/finding.ts'
import { filesIn, parseHex, readHexFiles, workspacePath } from '../src/hex-file.ts'
import { SHIM_TARGET } from '../src/shim-fuzzer.ts'
import { targets } from '../src/targets/all.ts'

test('hexadecimal text may have spaces, lines and comments', () => {
  expect([...parseHex('# from: a test ff\n\n01 02\n0aff # the end')]).toEqual([1, 2, 10, 255])
})

test('a folder that is not there has no files', () => {
  expect(filesIn('tooling/fuzz/corpus/nothing')).toEqual([])
  expect(readHexFiles('tooling/fuzz/corpus/nothing', /./)).toEqual([])
})

test('what is found is written where its command reads it', () => {
  const target = 'test-of-corpus'
  onTestFinished(() => {
    rmSync(workspacePath(`tooling/fuzz/corpus/found/${target}`), { recursive: true, force: true })
  })
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => i)
  const finding = recordFinding(target, bytes, 'Error: bad\n    at run', 'bad', 'Found by: a test')
  expect([...parseHex(readFileSync(workspacePath(finding.file), 'utf8'))]).toEqual([...bytes])
  expect(readFileSync(workspacePath(finding.file), 'utf8')).toMatch(
    /^# Found by: a test\n# Error: bad\n# {5}at run\n\n00010203/,
  )
  expect(finding.command).toBe(`npm run fuzz -- --target ${target} --file ${finding.file}`)
  const text = renderFinding(finding)
  expect(text).toContain('finding in test-of-corpus: Error: bad')
  expect(text).toContain(finding.hex)
  expect(text).toContain(finding.command)
})

test('of a long input the beginning is shown', () => {
  const hex = 'ab'.repeat(5000)
  const text = renderFinding({ target: 't', error: 'e', key: 'k', hex, file: 'f', command: 'c' })
  expect(text).toContain(`${'ab'.repeat(512)}…`)
  expect(text.length).toBeLessThan(1200)
})

test('every folder of the corpus is that of a target, and every file says where it came from', () => {
  const names = [...targets.map(({ name }) => name), SHIM_TARGET]
  expect(filesIn('tooling/fuzz/corpus')).toEqual([])
  for (const name of names) {
    for (const { file } of keptInputs(name)) expect(readFileSync(workspacePath(file), 'utf8'), file).toMatch(/^# \S/)
  }
})
