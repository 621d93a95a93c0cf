import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describeNeeding } from '@msgr-tooling/native-tests'
import { expect, test } from 'vitest'
import { externalMemoryBytes, holdExternalMemory } from '../src/external-memory.ts'
import { missingShim } from './missing-shim.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Nothing of this size is there, it is only said to be: whatever else comes and goes meanwhile does not matter beside it. */
const GIBIBYTE = 2 ** 30

/** All that V8 counts, in GiB. */
function externalGibibytes(): number {
  return Math.round(externalMemoryBytes() / GIBIBYTE)
}

/** What is still counted when all that nobody has is collected, and its holders' ends have been told. */
async function gibibytesLeft(): Promise<number> {
  // What a job has made or has looked at through a WeakRef is kept to its end.
  await turns()
  collectGarbage()
  await turns()
  return externalGibibytes()
}

async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
}

describeNeeding(missingShim, 'holdExternalMemory', () => {
  /** A list whose one object holds so many GiB, and which alone has it. */
  function listOfHolder(...gibibytes: readonly number[]): object[] {
    const holder = new SharedArrayBuffer(1)
    for (const count of gibibytes) holdExternalMemory(holder, count * GIBIBYTE)
    return [holder]
  }

  test('counts until its holder is collected, and no longer', async () => {
    const list = listOfHolder(3)
    expect(externalGibibytes()).toBe(3)
    expect(await gibibytesLeft()).toBe(3)
    list.length = 0
    expect(await gibibytesLeft()).toBe(0)
  })

  test('adds up, of one object and of many', async () => {
    const lists = [listOfHolder(4, 0, 1), listOfHolder(6)]
    listOfHolder(7)
    expect(await gibibytesLeft()).toBe(11)
    lists.pop()
    expect(await gibibytesLeft()).toBe(5)
    lists.pop()
    expect(await gibibytesLeft()).toBe(0)
  })

  test('makes V8 collect what it would have left', async () => {
    const holderCount = 50
    for (let i = 0; i < holderCount; i++) {
      holdExternalMemory({}, GIBIBYTE)
      await turns()
    }
    expect(externalGibibytes()).toBeLessThan(holderCount)
    expect(await gibibytesLeft()).toBe(0)
  })

  test('refuses what is no number of bytes, and what is no object', async () => {
    for (const bytes of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      expect(() => holdExternalMemory({}, bytes)).toThrow(new RangeError(`bytes: expected a count, got ${bytes}`))
    }
    expect(() => holdExternalMemory(7 as unknown as object, 5 * GIBIBYTE)).toThrow(TypeError)
    expect(externalGibibytes()).toBe(0)
    expect(await gibibytesLeft()).toBe(0)
  })
})
