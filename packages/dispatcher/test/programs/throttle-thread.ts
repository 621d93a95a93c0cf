import assert from 'node:assert/strict'
import { parentPort, workerData } from 'node:worker_threads'
import { Throttle } from '../../src/throttle.ts'
import { GIVER, StressCells, type StressTask } from '../stress-cells.ts'

// One of several threads that share a throttle. It sleeps only while it waits, and looks for room only when it was woken.

const task = workerData as StressTask
const cells = new StressCells(task.cellMemory)
const wake = (thread: number): void => {
  cells.wake(thread)
}
const throttle = Throttle.attach(task.throttleMemory, { wakeFd: task.thread, wake })
const limit = throttle.max
let wakeCount = 0
let sleepCount = 0

const roles = {
  random: takeAtRandom,
  small: takeSmall,
  large: takeLarge,
  giver: giveBackForOthers,
  sleeper: fallAsleep,
}
roles[task.role]()
throttle.detach()
parentPort?.postMessage(sleepCount)

/**
 * Takes and gives back amounts of up to 40 of 100. Before it waits it gives back all but 15, so that four threads that
 * wait for each other always leave room for one.
 */
function takeAtRandom(): void {
  const random = makeRandom(task.thread)
  const held: number[] = []
  for (let round = 0; round < task.rounds; round++) {
    const count = 1 + random(40)
    const way = random(10)
    if (way < 3) {
      if (throttle.getOrFail(count)) held.push(taken(count))
    } else {
      while (sum(held) > 15) giveBack(held.shift() ?? 0, random(2) === 0)
      if (way > 3) held.push(takeWhenRoom(count))
      else if (takeNowOrLeave(count)) held.push(taken(count))
    }
    if (held.length > random(6)) giveBack(held.splice(random(held.length), 1)[0] ?? 0, random(2) === 0)
  }
  for (const count of held) giveBack(count, false)
  cells.noteFinished()
}

/** Always holds something, unless another has the turn. */
function takeSmall(): void {
  let held = takeWhenRoom(5)
  while (cells.finishedCount === 0) {
    if (throttle.getOrFail(5)) {
      taken(5)
      giveBack(held, false)
    } else {
      giveBack(held, false)
      held = takeWhenRoom(5)
    }
  }
  giveBack(held, false)
}

/** Takes all there is, which is to be had only while nobody else holds anything. */
function takeLarge(): void {
  while (cells.held < 5 * task.takers);
  for (let round = 0; round < task.rounds; round++) {
    takeWhenRoom(limit)
    assert.equal(cells.held, limit)
    giveBack(limit, false)
  }
  cells.noteFinished()
}

function giveBackForOthers(): void {
  for (;;) {
    const count = cells.takeHandedOver()
    if (count > 0) giveBack(count, false)
    else if (cells.finishedCount === task.takers) return
    else wakeCount = cells.sleep(GIVER, wakeCount)
  }
}

/** Holds 10, and stands in line for all there is, for ever. */
function fallAsleep(): void {
  takeWhenRoom(10)
  throttle.getWhenRoom(limit, () => undefined)
  parentPort?.postMessage('asleep')
  for (;;) wakeCount = cells.sleep(task.thread, wakeCount)
}

function takeWhenRoom(count: number): number {
  throttle.getWhenRoom(count, () => undefined)
  while (throttle.waiterCount > 0) {
    sleepCount++
    wakeCount = cells.sleep(task.thread, wakeCount)
    throttle.retry()
  }
  return taken(count)
}

function takeNowOrLeave(count: number): boolean {
  const leaving = new AbortController()
  const waits = throttle.getWhenRoom(count, () => undefined, leaving.signal)
  leaving.abort()
  return !waits
}

function taken(count: number): number {
  cells.noteTaken(count)
  assert.ok(throttle.current <= limit, `expected at most ${limit}, got ${throttle.current}`)
  return count
}

function giveBack(count: number, byAnother: boolean): void {
  if (byAnother) {
    cells.handOver(count)
    return
  }
  cells.noteGivenBack(count)
  throttle.put(count)
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

/** Whole numbers below what is asked for: the same ones for the same seed. */
function makeRandom(seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 0x9e37_79b9)
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 8) % below
  }
}
