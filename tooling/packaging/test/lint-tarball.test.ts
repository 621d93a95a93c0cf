import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lintTarball } from '../src/lint-tarball.mjs'
import { temporaryFolder } from './temporary-folder.ts'

const declaration = 'export declare const a: number\n'

function packed(exports: object, files: Record<string, string>): string {
  const manifest = {
    name: 'a',
    version: '1.0.0',
    license: 'MIT',
    repository: { type: 'git', url: 'git+https://github.com/msgr-js/a.git' },
    type: 'module',
    exports,
  }
  const dir = temporaryFolder({
    'package.json': JSON.stringify(manifest),
    'index.js': 'export const a = 1\n',
    ...files,
  })
  execFileSync('npm', ['pack', '--silent'], { cwd: dir })
  return join(dir, 'a-1.0.0.tgz')
}

test('a package with its types passes both linters', async () => {
  const exports = { '.': { types: './index.d.ts', default: './index.js' } }
  expect(await lintTarball(packed(exports, { 'index.d.ts': declaration }))).toEqual([])
})

test('publint objects to a missing file, attw to types of the other module system', async () => {
  const exports = { '.': { types: './index.d.cts', default: './index.js' }, './gone': './gone.js' }
  expect(await lintTarball(packed(exports, { 'index.d.cts': declaration }))).toEqual([
    expect.stringContaining('./gone.js but the file does not exist') as string,
    expect.stringContaining('FalseCJS.md') as string,
  ])
})
