import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lintTarball } from '../src/lint-tarball.mjs'
import { temporaryFolder } from './temporary-folder.ts'

function packed(types: string, files: Record<string, string>): string {
  const manifest = {
    name: 'a',
    version: '1.0.0',
    license: 'MIT',
    repository: { type: 'git', url: 'git+https://github.com/msgr-js/a.git' },
    type: 'module',
    exports: { '.': { types, default: './index.js' } },
  }
  const dir = temporaryFolder({
    'package.json': JSON.stringify(manifest),
    'index.js': 'export const a = 1\n',
    ...files,
  })
  execFileSync('npm', ['pack', '--silent'], { cwd: dir })
  return join(dir, 'a-1.0.0.tgz')
}
const declaration = 'export declare const a: number\n'

test('a package with its types passes both linters', async () => {
  expect(await lintTarball(packed('./index.d.ts', { 'index.d.ts': declaration }))).toEqual([])
})

test('publint objects to types that are missing', async () => {
  const objections = await lintTarball(packed('./index.d.ts', {}))
  expect(objections).toContainEqual(expect.stringContaining('./index.d.ts but the file does not exist'))
})

test('attw objects to types of the other module system', async () => {
  const objections = await lintTarball(packed('./index.d.cts', { 'index.d.cts': declaration }))
  expect(objections).toContainEqual(expect.stringContaining('FalseCJS.md'))
})
