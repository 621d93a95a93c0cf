import { expect, test } from 'vitest'
import { DrainGate } from '../src/drain-gate.ts'

/** The gate of a queue that may hold 100 bytes, and has 100. */
function fullQueue(): { gate: DrainGate; fillTo: (bytes: number) => void } {
  let queuedBytes = 100
  const gate = new DrainGate(100, () => queuedBytes)
  return {
    gate,
    fillTo: (bytes) => {
      queuedBytes = bytes
      gate.update()
    },
  }
}

test('all who wait are let go together, when half of the queue is free', async () => {
  const { gate, fillTo } = fullQueue()
  let count = 0
  const waits = [undefined, new AbortController().signal].map((signal) => gate.drained(signal).then(() => count++))
  fillTo(51)
  await new Promise((resolve) => setImmediate(resolve))
  expect(count).toBe(0)
  fillTo(50)
  await Promise.all(waits)
  expect(count).toBe(2)
})

test('where there is room nobody waits; who comes when there is none again waits for the next time', async () => {
  const { gate, fillTo } = fullQueue()
  fillTo(0)
  await gate.drained(undefined)
  fillTo(100)
  let isOpen = false
  const wait = gate.drained(undefined).then(() => (isOpen = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(isOpen).toBe(false)
  fillTo(0)
  await wait
})

test('a signal ends one wait with its reason, before or while it lasts, and leaves the others alone', async () => {
  const { gate, fillTo } = fullQueue()
  let isOtherOver = false
  const other = gate.drained(undefined).then(() => (isOtherOver = true))
  const controller = new AbortController()
  const reason = new Error('enough')
  const wait = gate.drained(controller.signal)
  controller.abort(reason)
  await expect(wait).rejects.toBe(reason)
  await expect(gate.drained(controller.signal)).rejects.toBe(reason)
  expect(isOtherOver).toBe(false)
  fillTo(0)
  await other
})
