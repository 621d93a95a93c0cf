import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withSetupLock } from '../src/setup-lock.mjs'
import { temporaryFolder } from './temporary-folder.ts'

const lockPath = () => join(temporaryFolder(), 'deep/setup.lock')

test('the lock is held while the work runs, gives its result, and is gone afterwards', async () => {
  const path = lockPath()
  const result = await withSetupLock(path, () => Promise.resolve(readFileSync(path, 'utf8')))
  expect(result).toBe(String(process.pid))
  expect(existsSync(path)).toBe(false)
})

test('the lock is given back when the work fails', async () => {
  const path = lockPath()
  await expect(withSetupLock(path, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network')
  expect(existsSync(path)).toBe(false)
})

test('a second set-up begins only after the first has ended', async () => {
  const path = lockPath()
  const events: string[] = []
  let endFirst = (): void => undefined
  const first = withSetupLock(path, async () => {
    events.push('first begins')
    await new Promise<void>((resolve) => (endFirst = resolve))
    events.push('first ends')
  })
  const second = withSetupLock(path, () => Promise.resolve(events.push('second')))
  endFirst()
  await Promise.all([first, second])
  expect(events).toEqual(['first begins', 'first ends', 'second'])
})

test('the lock of a process that is gone does not count', async () => {
  const path = join(temporaryFolder(), 'setup.lock')
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(path, String(pid))
  expect(await withSetupLock(path, () => Promise.resolve('done'))).toBe('done')
})
