import { ThrottleError } from './errors.ts'
import { SharedCount } from './shared-count.ts'
import { SharedLine, type ThrottleThread } from './shared-line.ts'

// offset  size
//      0     4  MAGIC, once the rest is in place
//     64   128  SharedCount
//    192  2112  SharedLine
const MAGIC = 0x7468_726f
const COUNT_OFFSET = 64
const LINE_OFFSET: number = COUNT_OFFSET + SharedCount.size
const SIZE: number = LINE_OFFSET + SharedLine.size

/** What threads share of a throttle, as one of them sees it. */
export class SharedThrottle {
  readonly memory: SharedArrayBuffer
  readonly count: SharedCount
  readonly line: SharedLine

  private constructor(memory: SharedArrayBuffer, line: SharedLine) {
    this.memory = memory
    this.count = new SharedCount(memory, COUNT_OFFSET)
    this.line = line
  }

  /** Makes new memory, in which this thread has a place. */
  static create(max: number, current: number, thread: ThrottleThread): SharedThrottle {
    const memory = new SharedArrayBuffer(SIZE)
    const shared = new SharedThrottle(memory, SharedLine.create(memory, LINE_OFFSET, thread))
    shared.count.max = max
    shared.take(current)
    new Int32Array(memory)[0] = MAGIC
    return shared
  }

  /** Gives this thread a place in memory that another made. */
  static attach(memory: SharedArrayBuffer, thread: ThrottleThread): SharedThrottle {
    if (memory.byteLength !== SIZE || new Int32Array(memory)[0] !== MAGIC) {
      throw new ThrottleError(`memory: expected what share() gave, got ${memory.byteLength} other bytes`)
    }
    return new SharedThrottle(memory, SharedLine.join(memory, LINE_OFFSET, thread))
  }

  tryTake(count: number): boolean {
    const isTaken = this.count.tryTake(count, this.line)
    if (isTaken) this.line.hold(count)
    return isTaken
  }

  /** Returns the new count. */
  take(count: number): number {
    this.line.hold(count)
    return this.count.take(count)
  }

  /** Returns the new count. */
  put(count: number): number {
    const left = this.count.put(count)
    this.line.hold(-count)
    return left
  }

  /** Wakes the thread that has the turn, if there is room. Returns true if it is this one. */
  callNext(): boolean {
    return this.line.callNext(this.count)
  }
}
