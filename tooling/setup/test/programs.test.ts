import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listMembers, workspaceRoot } from '../src/workspace.mjs'

interface TsConfig {
  readonly extends: string
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

function read(path: string): TsConfig {
  return JSON.parse(readFileSync(join(workspaceRoot, path), 'utf8')) as TsConfig
}

test('the program in JavaScript is of the members that are, and the one in TypeScript leaves them out', () => {
  const members = listMembers(workspaceRoot)
    .map(({ dir }) => dir)
    .filter((dir) => existsSync(join(workspaceRoot, dir, 'tsconfig.json')))
    .filter((dir) => read(`${dir}/tsconfig.json`).extends.endsWith('/javascript.json'))
    .map((dir) => `../../${dir}`)
  expect(members.length).toBeGreaterThan(0)
  expect([...read('tooling/tsconfig/workspace-javascript.json').include].sort()).toEqual(members.sort())
  expect(read('tooling/tsconfig/workspace.json').exclude).toEqual(expect.arrayContaining(members))
})
