import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { BufferList } from '@msgr/bufferlist'
import type { MessageHeader } from '@msgr/message'
import { Channel, type ChannelOwner, type MessageParts } from '../../src/threads/channel.ts'
import type { Progress } from '../../src/threads/progress.ts'
import { RawMessage } from '../../src/threads/raw-message.ts'
import { randomNumbers } from '../threads/random-numbers.ts'
import { Sleeper } from '../threads/sleeper.ts'

// One side of a channel. Both send as many records as the other, and what a record is follows from its number and from
// the seed of its sender. A side sleeps when it has nothing to do and the channel says that the other will wake it; if a
// wake-up is missed, one of the two sleeps for good, and soon the other.

export interface ChannelSideTask {
  readonly out: SharedArrayBuffer
  readonly into: SharedArrayBuffer
  readonly port: MessagePort
  readonly ownSleeper: SharedArrayBuffer
  readonly otherSleeper: SharedArrayBuffer
  readonly ownSeed: number
  readonly otherSeed: number
  readonly recordCount: number
  readonly maxLength: number
  /** A side sends a record only while it has sent at most so many more than have come. */
  readonly mostAhead: number
  /** It dallies for a random time up to this before it falls asleep, so that they meet at every moment. No unit. */
  readonly mostDelay: number
}

export interface ChannelSideResult {
  readonly sleepCount: number
  readonly congestedCount: number
}

type Control = readonly [number: number]

const task = workerData as ChannelSideTask
const { recordCount, maxLength, mostAhead, mostDelay } = task
const ownWord = new Int32Array(task.ownSleeper)
const ownSleeper = new Sleeper(task.ownSleeper)
const otherSleeper = new Sleeper(task.otherSleeper)
const drawOwn = randomNumbers(task.ownSeed)
const drawOther = randomNumbers(task.otherSeed)
const drawDelay = randomNumbers(task.ownSeed + 1)
const channel = new Channel<Control, Control>(task.out, task.into, task.port, () => {
  otherSleeper.wake()
})
let sentCount = 0
let cameCount = 0
let sleepCount = 0
let congestedCount = 0

/** Three parts of a message; none: a control. */
function drawLengths(draw: typeof drawOwn): readonly number[] {
  return draw(4) === 0 ? [] : [draw(100), draw(2), draw(maxLength)]
}

function byteOf(number: number, part: number): number {
  return (number * 7 + (number >> 8) + part) & 255
}

function send(): void {
  const lengths = drawLengths(drawOwn)
  if (lengths.length === 0) {
    channel.sendControl(sentCount, [sentCount])
  } else {
    const message = new RawMessage({ type: 1, headVersion: 1, compatVersion: 1 })
    message.tid = BigInt(sentCount)
    const lists = lengths.map((length, part) => new BufferList(new Uint8Array(length).fill(byteOf(sentCount, part))))
    ;[message.front, message.middle, message.data] = lists as [BufferList, BufferList, BufferList]
    channel.sendMessage(sentCount, message)
  }
  sentCount++
  if (channel.isCongested) congestedCount++
  else channel.sendProgress(sentCount, progressOf(sentCount))
}

function progressOf(takenCount: number): Progress {
  const counts = { queuedCount: 0, unackedCount: 0, queuedBytes: 0, takenBytes: 0 }
  return { isConnected: true, ...counts, takenCount, lastKeepaliveMs: undefined, lastKeepaliveAckMs: undefined }
}

function expectSame<T extends string | number | boolean>(what: string, got: T, expected: T | undefined): void {
  if (got !== expected) throw new Error(`${what} of record ${cameCount}: expected ${String(expected)}, got ${got}`)
}

const owner: ChannelOwner<Control> = {
  onControl(handle: number, [number]: Control): void {
    expectSame('kind', 'control', drawLengths(drawOther).length === 0 ? 'control' : 'message')
    expectSame('handle', handle, cameCount)
    expectSame('number', number, cameCount)
    cameCount++
  },
  onMessage(handle: number, header: MessageHeader, { front, middle, data }: MessageParts): void {
    const lengths = drawLengths(drawOther)
    expectSame('handle', handle, cameCount)
    expectSame('transaction id', header.tidLow, cameCount)
    for (const [part, list] of [front, middle, data].entries()) {
      expectSame(`length of part ${part}`, list?.length ?? 0, lengths[part])
      const bytes = list?.toContiguous() ?? []
      for (const byte of bytes) if (byte !== byteOf(cameCount, part)) expectSame('byte', byte, byteOf(cameCount, part))
    }
    cameCount++
  },
  onProgress(handle: number, { takenCount }: Progress): void {
    expectSame('handle', handle, cameCount)
    expectSame('progress', takenCount, cameCount)
  },
  onFlushed(): void {
    expectSame('congestion', channel.isCongested, false)
  },
}

function maySend(): boolean {
  return sentCount < recordCount && !channel.isCongested && sentCount - cameCount <= mostAhead
}

function isDone(): boolean {
  return sentCount === recordCount && cameCount === recordCount && !channel.isCongested
}

while (!isDone()) {
  const hasMore = channel.process(owner)
  for (let count = 0; count < 100 && maySend(); count++) send()
  channel.announce()
  if (hasMore || maySend() || isDone()) continue
  for (let left = drawDelay(mostDelay + 1); left > 0; left--) Atomics.load(ownWord, 0)
  if (!channel.fallAsleep()) continue
  sleepCount++
  ownSleeper.sleep()
  channel.wakeUp()
}
parentPort?.postMessage({ sleepCount, congestedCount } satisfies ChannelSideResult)
