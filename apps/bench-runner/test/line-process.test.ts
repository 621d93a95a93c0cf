import { expect, test } from 'vitest'
import { LineProcess } from '../src/line-process.ts'

const node = (program: string): LineProcess => new LineProcess(process.execPath, ['-e', program])

test('a program answers lines with lines, and ends with its stdin', async () => {
  const cat = node(`console.log('here'); process.stdin.pipe(process.stdout)`)
  expect(cat.pid).toBeGreaterThan(0)
  expect(await cat.next()).toBe('here')
  expect(await cat.ask('one')).toBe('one')
  expect(await cat.ask('two')).toBe('two')
  await cat.stop()
  await expect(cat.next()).rejects.toMatchObject({ code: 'ERR_BENCH_PROCESS' })
})

test('one that ends before it has answered gives an error', async () => {
  const leaver = node('process.exit(3)')
  await expect(leaver.next()).rejects.toThrow('ended by exit code 3')
  await leaver.stop()
})

test('one that is not there gives an error', async () => {
  const missing = new LineProcess('/nowhere/at-all', [])
  await expect(missing.next()).rejects.toThrow('ENOENT')
  await missing.stop()
})
