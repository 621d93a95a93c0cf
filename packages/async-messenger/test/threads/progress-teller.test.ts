import { expect, test } from 'vitest'
import { ProgressTeller, type ProgressingConnection } from '../../src/threads/progress-teller.ts'
import type { Progress } from '../../src/threads/progress.ts'

/** A connection whose progress is how often it was made to go on. */
class Going implements ProgressingConnection {
  readonly id: number
  isConnected = false
  isOver = false
  wasConnected = false
  isDirty = false
  count = 0

  constructor(id: number) {
    this.id = id
  }

  get progress(): Progress {
    const { isConnected, count } = this
    const none = { unackedCount: 0, queuedBytes: 0, takenCount: 0, takenBytes: 0 }
    return { isConnected, queuedCount: count, ...none, lastKeepaliveMs: undefined, lastKeepaliveAckMs: undefined }
  }
}

function open() {
  const told: string[] = []
  const due: (() => void)[] = []
  const way = { hasRoom: true }
  const timers = {
    after: (_delayMs: number, run: () => void) => {
      due.push(run)
      return { cancel: () => undefined }
    },
  }
  const teller = new ProgressTeller(timers, (handle, { isConnected, queuedCount }) => {
    if (way.hasRoom) told.push(`${handle}: ${queuedCount}${isConnected ? ', open' : ''}`)
    return way.hasRoom
  })
  const goOn = (connection: Going): void => {
    connection.count++
    teller.progressed(connection)
  }
  const elapse = (): void => {
    for (const run of due.splice(0)) run()
  }
  return { told, due, way, goOn, elapse }
}

test('tells of all that went on together, once for each, and after a while', () => {
  const { told, due, goOn, elapse } = open()
  const [one, two] = [new Going(1), new Going(2)]
  goOn(one)
  goOn(two)
  goOn(one)
  expect([told, due.length]).toEqual([[], 1])
  elapse()
  expect(told).toEqual(['1: 2', '2: 1'])
  elapse()
  goOn(one)
  expect([told.length, due.length]).toEqual([2, 1])
  elapse()
  expect(told.at(-1)).toBe('1: 3')
})

test('tells at once that a connection is open, or is not any more', () => {
  const { told, due, goOn } = open()
  const connection = new Going(1)
  connection.isConnected = true
  goOn(connection)
  connection.isConnected = false
  goOn(connection)
  expect([told, due]).toEqual([['1: 1, open', '1: 2'], []])
})

test('tells later what there was no room for, with what is true by then', () => {
  const { told, way, goOn, elapse } = open()
  const connection = new Going(1)
  connection.isConnected = true
  way.hasRoom = false
  goOn(connection)
  elapse()
  way.hasRoom = true
  connection.count = 7
  elapse()
  expect(told).toEqual(['1: 7, open'])
})

test('says nothing of a connection that is over', () => {
  const { told, goOn, elapse } = open()
  const connection = new Going(1)
  goOn(connection)
  connection.isOver = true
  elapse()
  expect(told).toEqual([])
})
