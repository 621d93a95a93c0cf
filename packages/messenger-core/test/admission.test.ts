import { Throttle } from '@msgr/dispatcher'
import { expect, test } from 'vitest'
import { Admission } from '../src/admission.ts'

function makeSteps(): { messages: Throttle; bytes: Throttle; admission: Admission } {
  const messages = new Throttle(2)
  const bytes = new Throttle(100)
  const admission = new Admission([
    { throttle: messages, counts: 'messages' },
    { throttle: bytes, counts: 'bytes' },
  ])
  return { messages, bytes, admission }
}

test('a message that every throttle has room for is admitted at once, and holds what it took until it is released', () => {
  const { messages, bytes, admission } = makeSteps()
  expect(admission.begin(40, () => expect.unreachable())).toBe(true)
  admission.complete()
  expect([messages.current, bytes.current]).toEqual([1, 40])
  admission.release(40)
  expect([messages.current, bytes.current]).toEqual([0, 0])
})

test('a message waits in the line of the first throttle without room, and is admitted when there is', () => {
  const { messages, bytes, admission } = makeSteps()
  bytes.take(80)
  let admitted = 0
  expect(admission.begin(40, () => admitted++)).toBe(false)
  expect([messages.current, bytes.current, bytes.waiterCount]).toEqual([1, 80, 1])
  bytes.put(80)
  expect(admitted).toBe(1)
  expect([messages.current, bytes.current]).toEqual([1, 40])
})

test('a message that passes one throttle after a wait may have to wait for the next', () => {
  const { messages, bytes, admission } = makeSteps()
  messages.take(2)
  bytes.take(100)
  let admitted = 0
  expect(admission.begin(1, () => admitted++)).toBe(false)
  messages.put(1)
  expect([admitted, messages.current, bytes.waiterCount]).toEqual([0, 2, 1])
  bytes.put(100)
  expect(admitted).toBe(1)
})

test('a message that is given up while it waits gives back what it took and leaves the line', () => {
  const { messages, bytes, admission } = makeSteps()
  bytes.take(100)
  admission.begin(40, () => expect.unreachable())
  admission.abandon()
  expect([messages.current, bytes.current, bytes.waiterCount]).toEqual([0, 100, 0])
  bytes.put(100)
  expect([messages.current, bytes.current]).toEqual([0, 0])
})

test('a message that is given up after it was admitted gives back everything, once', () => {
  const { messages, bytes, admission } = makeSteps()
  admission.begin(40, () => expect.unreachable())
  admission.abandon()
  admission.abandon()
  expect([messages.current, bytes.current]).toEqual([0, 0])
})

test('giving up the next message leaves the last one, which is complete, what it holds', () => {
  const { messages, bytes, admission } = makeSteps()
  admission.begin(40, () => expect.unreachable())
  admission.complete()
  admission.abandon()
  expect([messages.current, bytes.current]).toEqual([1, 40])
})

test('a message is admitted at once if another thread gives room back after there was none', () => {
  const bytes = new Throttle(100)
  // Full when it is asked, and no more when the message is about to wait.
  const racing = {
    getOrFail: () => false,
    getWhenRoom: (count: number, onGranted: () => void, signal?: AbortSignal) =>
      bytes.getWhenRoom(count, onGranted, signal),
    put: (count: number) => bytes.put(count),
  }
  const admission = new Admission([
    { throttle: racing, counts: 'bytes' },
    { throttle: bytes, counts: 'messages' },
  ])
  expect(admission.begin(40, () => expect.unreachable())).toBe(true)
  expect(bytes.current).toBe(41)
  admission.abandon()
  expect(bytes.current).toBe(0)
})
