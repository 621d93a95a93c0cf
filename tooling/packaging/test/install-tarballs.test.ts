import { expect, test } from 'vitest'
import { loadPackages } from '../src/install-tarballs.mjs'
import { temporaryFolder } from './temporary-folder.ts'

const manifest = JSON.stringify({ type: 'module', exports: './index.js' })
const withPackage = (code: string) =>
  temporaryFolder({ 'node_modules/a/package.json': manifest, 'node_modules/a/index.js': code })

test('a package is loaded with import and with require, and its names are counted', async () => {
  expect(await loadPackages(withPackage('export const b = 1, c = 2'), ['a'])).toEqual({ a: 2 })
})

test('a package that only import can load is found', async () => {
  const dir = withPackage('export const b = await Promise.resolve(1)')
  await expect(loadPackages(dir, ['a'])).rejects.toMatchObject({
    output: expect.stringContaining('ERR_REQUIRE_ASYNC_MODULE') as string,
  })
})

test('a package that does not load is found', async () => {
  const dir = withPackage("import 'absent'")
  await expect(loadPackages(dir, ['a'])).rejects.toMatchObject({
    output: expect.stringContaining("Cannot find package 'absent'") as string,
  })
})
