import { expect, test } from 'vitest'
import { DrainGate } from '../src/drain-gate.ts'

test('all who wait are let go together, and nobody is awaited then', async () => {
  const gate = new DrainGate()
  expect(gate.isAwaited).toBe(false)
  const waits = [gate.wait(undefined), gate.wait(new AbortController().signal)]
  expect(gate.isAwaited).toBe(true)
  gate.open()
  await Promise.all(waits)
  expect(gate.isAwaited).toBe(false)
})

test('who comes after an opening waits for the next', async () => {
  const gate = new DrainGate()
  gate.open()
  let isOpen = false
  const wait = gate.wait(undefined).then(() => (isOpen = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(isOpen).toBe(false)
  gate.open()
  await wait
})

test('a signal ends one wait with its reason, before or while it lasts, and leaves the others alone', async () => {
  const gate = new DrainGate()
  const other = gate.wait(undefined)
  const controller = new AbortController()
  const reason = new Error('enough')
  const wait = gate.wait(controller.signal)
  controller.abort(reason)
  await expect(wait).rejects.toBe(reason)
  await expect(gate.wait(controller.signal)).rejects.toBe(reason)
  expect(gate.isAwaited).toBe(true)
  gate.open()
  await other
})
