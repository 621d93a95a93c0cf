import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { readManifest, workspaceRoot } from '@msgr-tooling/setup/workspace'
import { expect, test } from 'vitest'
import { temporaryFolder } from './temporary-folder.ts'

const script = fileURLToPath(new URL('../require-shim.mjs', import.meta.url))
const runIn = (cwd: string) => spawnSync(process.execPath, [script], { cwd, encoding: 'utf8' })

test('packing is refused without the shim and goes on with it', () => {
  const without = runIn(temporaryFolder({}))
  expect(without.status).toBe(1)
  expect(without.stderr).toContain('refusing to pack: prebuilds/linux-x64/msgr-posix.node is missing')
  expect(runIn(temporaryFolder({ 'prebuilds/linux-x64/msgr-posix.node': '' })).status).toBe(0)
})

test('the package with the shim asks before it is packed', () => {
  const { scripts } = readManifest(`${workspaceRoot}/packages/posix`)
  expect(scripts?.['prepack']).toBe('node ../../tooling/packaging/require-shim.mjs')
})
