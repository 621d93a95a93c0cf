import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compilerProblem, describeMachine, findCompiler, findProgram } from '../src/machine.mjs'
import { temporaryFolder, writeFile } from './temporary-folder.ts'

function folderWithProgram(name: string): string {
  const dir = temporaryFolder()
  writeFile(dir, name, '#!/bin/sh\n', 0o755)
  return dir
}

test('a program is found in the first folder of the path that has it', () => {
  const empty = temporaryFolder()
  const first = folderWithProgram('cc')
  const second = folderWithProgram('cc')
  expect(findProgram('cc', [empty, first, second].join(':'))).toBe(join(first, 'cc'))
})

test('a file that is not executable and a folder are no programs', () => {
  const dir = temporaryFolder({ cc: '', 'clang/file': '' })
  expect(findProgram('cc', dir)).toBeUndefined()
  expect(findProgram('clang', dir)).toBeUndefined()
})

test('CC names another compiler, with or without its folder', () => {
  const dir = folderWithProgram('my-cc')
  expect(findCompiler({ CC: 'my-cc', PATH: dir })).toBe(join(dir, 'my-cc'))
  expect(findCompiler({ CC: join(dir, 'my-cc'), PATH: '' })).toBe(join(dir, 'my-cc'))
  expect(findCompiler({ CC: 'absent', PATH: dir })).toBeUndefined()
})

test('no compiler is a problem on Linux only, told in one sentence', () => {
  const env = { PATH: temporaryFolder() }
  expect(compilerProblem('linux', env)).toMatch(
    /^msgr builds a small native shim and finds no C compiler \(cc\): [^\n]+\.$/,
  )
  expect(compilerProblem('darwin', env)).toBeUndefined()
  expect(compilerProblem('linux', { PATH: folderWithProgram('cc') })).toBeUndefined()
})

test('the description of the machine changes when a compiler appears', () => {
  const dir = folderWithProgram('cc')
  const before = describeMachine({ PATH: dir })
  writeFile(dir, 'aarch64-linux-gnu-gcc', '', 0o755)
  expect(before).toContain(`${process.platform} ${process.arch} node-${process.versions.node} ${dir}/cc`)
  expect(describeMachine({ PATH: dir })).toBe(`${before} aarch64-linux-gnu-gcc`)
})
