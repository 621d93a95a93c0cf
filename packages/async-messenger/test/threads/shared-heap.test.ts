import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { RecordRing } from '../../src/threads/record-ring.ts'
import { SharedHeap } from '../../src/threads/shared-heap.ts'
import type { RivalTask } from '../programs/shared-heap-rivals.ts'
import type { HeapResult, HeapTask } from '../programs/shared-heap-sides.ts'
import { buildProgram, runThreads } from './program-threads.ts'
import { randomNumbers } from './random-numbers.ts'
import { Sleeper } from './sleeper.ts'

const PAGE = 4096

/** The heap as its owner sees it, and as another thread does. */
function openHeap(pageCount: number): { readonly owner: SharedHeap; readonly other: SharedHeap } {
  const memory = SharedHeap.allocate(pageCount * PAGE)
  return { owner: new SharedHeap(memory), other: new SharedHeap(memory) }
}

/** Takes so many pages, and returns the first one's index, or -1. */
function takePages(heap: SharedHeap, pageCount: number): number {
  const offset = heap.take(pageCount * PAGE)
  return offset < 0 ? -1 : offset / PAGE
}

describe('memory', () => {
  test.each([0, 1, 4095, 4097, -4096, NaN, Infinity, 2 ** 31 + PAGE])('has no size of %d bytes', (size) => {
    expect(() => SharedHeap.allocate(size)).toThrow(RangeError)
    expect(() => SharedHeap.allocate(size)).toThrow(`expected a multiple of 4096 up to 2147483648, got ${size}`)
  })

  test('that no heap was made in is refused', () => {
    const memory = SharedHeap.allocate(4 * PAGE)
    for (const length of [0, 3, 250, memory.byteLength]) {
      expect(() => new SharedHeap(new SharedArrayBuffer(length))).toThrow(RangeError)
      expect(() => new SharedHeap(new SharedArrayBuffer(length))).toThrow('expected what SharedHeap.allocate made')
    }
    const larger = new SharedArrayBuffer(memory.byteLength + PAGE)
    new Uint8Array(larger).set(new Uint8Array(memory))
    expect(() => new SharedHeap(larger)).toThrow('expected what SharedHeap.allocate made')
  })

  test('is taken from the machine only where it is used', () => {
    const before = process.memoryUsage.rss()
    const heap = new SharedHeap(SharedHeap.allocate(2 ** 30))
    for (let i = 0; i < 100; i++) {
      const offset = heap.take(PAGE)
      heap.bytes.fill(1, offset, offset + PAGE)
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 29)
    expect(heap.bytes.length).toBe(2 ** 30)
  })

  test('is the same on both sides', () => {
    const { owner, other } = openHeap(4)
    owner.bytes[owner.take(1) + 5] = 77
    expect(other.bytes[5]).toBe(77)
    expect(owner.bytes.length).toBe(4 * PAGE)
  })
})

describe('blocks', () => {
  test('are whole pages, and at least one', () => {
    const { owner } = openHeap(16)
    for (const length of [0, 1, PAGE, PAGE + 1, 2 * PAGE]) owner.take(length)
    expect(owner.takenBytes).toBe(7 * PAGE)
  })

  test('fill the heap exactly, in one piece or in pages', () => {
    const { owner, other } = openHeap(8)
    for (let round = 0; round < 3; round++) {
      expect(owner.take(8 * PAGE)).toBe(0)
      expect(owner.take(0)).toBe(-1)
      other.free(0)
      const pages = Array.from({ length: 8 }, () => takePages(owner, 1))
      expect(pages).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
      expect(owner.takenBytes).toBe(8 * PAGE)
      expect(owner.take(1)).toBe(-1)
      for (const page of [3, 0, 7, 1, 2, 6, 5, 4]) other.free(page * PAGE)
      expect(owner.takenBytes).toBe(0)
    }
    expect(owner.take(8 * PAGE + 1)).toBe(-1)
    expect(owner.take(Number.MAX_SAFE_INTEGER)).toBe(-1)
  })

  test.each([-1, 0.5, NaN, Infinity])('have no length of %d', (length) => {
    const { owner } = openHeap(1)
    expect(() => owner.take(length)).toThrow(RangeError)
    expect(() => owner.take(length)).toThrow(`length of a block: expected bytes from 0 up, got ${length}`)
  })

  test('are given back once, and only at their beginning', () => {
    const { owner, other } = openHeap(4)
    const offset = owner.take(2 * PAGE)
    for (const wrong of [offset + PAGE, 2 * PAGE, 3 * PAGE, 4 * PAGE, -PAGE, 1, 0.5, NaN, Infinity]) {
      expect(() => other.free(wrong)).toThrow(RangeError)
      expect(() => other.free(wrong)).toThrow(`offset of a block: expected one that is taken, got ${wrong}`)
    }
    other.free(offset)
    expect(() => other.free(offset)).toThrow(RangeError)
    expect(owner.takenBytes).toBe(0)
  })

  test('inside a block, which were blocks before it, are none', () => {
    const { owner, other } = openHeap(4)
    for (let page = 0; page < 4; page++) takePages(owner, 1)
    for (let page = 0; page < 4; page++) other.free(page * PAGE)
    expect(takePages(owner, 4)).toBe(0)
    for (let page = 1; page < 4; page++) expect(() => other.free(page * PAGE)).toThrow(RangeError)
  })
})

describe('room', () => {
  test('is found across the place where the search began', () => {
    const { owner, other } = openHeap(8)
    for (let i = 0; i < 4; i++) takePages(owner, 2)
    other.free(0)
    other.free(6 * PAGE)
    expect(takePages(owner, 3)).toBe(-1)
    expect(takePages(owner, 1)).toBe(0)
    // The rover stands at page 1, which is free and joined to 2 and 3 now.
    other.free(2 * PAGE)
    expect(takePages(owner, 3)).toBe(1)
    other.free(4 * PAGE)
    expect(takePages(owner, 4)).toBe(4)
    expect(owner.takenBytes).toBe(8 * PAGE)
  })

  test('is at the lowest addresses when little is taken', () => {
    const { owner, other } = openHeap(10_000)
    const held: number[] = []
    let highest = 0
    for (let i = 0; i < 100_000; i++) {
      const page = takePages(owner, (i % 3) + 1)
      highest = Math.max(highest, page)
      held.push(page)
      if (held.length > 10) other.free(held.shift()! * PAGE)
    }
    expect(highest).toBeLessThan(60)
    for (const page of held) other.free(page * PAGE)
    expect(takePages(owner, 1)).toBe(0)
  })

  test('is found again after many pages, whichever counter wraps around', () => {
    const pageCount = 2 ** 19
    const { owner, other } = openHeap(pageCount)
    for (let total = 0; total < 2 * 2 ** 32; total += pageCount) {
      if (takePages(owner, pageCount) !== 0) throw new Error(`after ${total} pages: expected room`)
      if (owner.takenBytes !== pageCount * PAGE) throw new Error(`after ${total} pages: got ${owner.takenBytes}`)
      other.free(0)
    }
    expect(owner.takenBytes).toBe(0)
  })

  test('that a search in vain has not seen is found once it is there', () => {
    const { owner, other } = openHeap(64)
    for (let page = 0; page < 64; page++) takePages(owner, 1)
    for (let page = 0; page < 64; page += 2) other.free(page * PAGE)
    expect(takePages(owner, 2)).toBe(-1)
    expect(takePages(owner, 3)).toBe(-1)
    // One page joins two runs.
    other.free(33 * PAGE)
    expect(takePages(owner, 3)).toBe(32)
    expect(takePages(owner, 2)).toBe(-1)
    expect(takePages(owner, 1)).toBeGreaterThanOrEqual(0)
  })

  test('is looked for by the heap as another one knows it, too', () => {
    const memory = SharedHeap.allocate(4 * PAGE)
    expect(takePages(new SharedHeap(memory), 3)).toBe(0)
    const later = new SharedHeap(memory)
    expect(later.takenBytes).toBe(3 * PAGE)
    expect(takePages(later, 2)).toBe(-1)
    expect(takePages(later, 1)).toBe(3)
    later.free(0)
    expect(takePages(new SharedHeap(memory), 3)).toBe(0)
  })
})

interface Step {
  /** Takes so many bytes, or, if that is undefined, gives a block back. */
  readonly length: number | undefined
  readonly choice: number
}

/** The pages that are taken, by their block's first page, or undefined. */
class HeapModel {
  readonly pages: (number | undefined)[]
  readonly blocks: number[] = []

  constructor(pageCount: number) {
    this.pages = new Array<number | undefined>(pageCount).fill(undefined)
  }

  get takenCount(): number {
    return this.pages.filter((block) => block !== undefined).length
  }

  get longestRun(): number {
    let longest = 0
    let run = 0
    for (const block of this.pages) {
      run = block === undefined ? run + 1 : 0
      longest = Math.max(longest, run)
    }
    return longest
  }

  take(first: number, count: number): void {
    const place = this.pages.slice(first, first + count)
    expect(place.length).toBe(count)
    expect(place.every((block) => block === undefined)).toBe(true)
    this.pages.fill(first, first, first + count)
    this.blocks.push(first)
  }

  free(choice: number): number {
    const [first] = this.blocks.splice(choice % this.blocks.length, 1)
    for (const [page, block] of this.pages.entries()) if (block === first) this.pages[page] = undefined
    return first!
  }
}

test('whatever is taken and given back, blocks never overlap, and room that is there is found', () => {
  const length = fc.oneof(
    fc.nat(PAGE),
    fc.nat(6 * PAGE),
    fc.nat(25).map((pages) => pages * PAGE),
  )
  const step: fc.Arbitrary<Step> = fc.record({
    length: fc.oneof({ weight: 11, arbitrary: length }, { weight: 9, arbitrary: fc.constant(undefined) }),
    choice: fc.nat(),
  })
  const steps = fc.array(step, { minLength: 1, maxLength: 200, size: 'max' })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), steps, (pageCount, all) => {
      const { owner, other } = openHeap(pageCount)
      const model = new HeapModel(pageCount)
      for (const { length, choice } of all) {
        if (length !== undefined) {
          const count = Math.max(1, Math.ceil(length / PAGE))
          const offset = owner.take(length)
          expect(offset >= 0).toBe(model.longestRun >= count)
          if (offset >= 0) model.take(offset / PAGE, count)
        } else if (model.blocks.length > 0) {
          other.free(model.free(choice) * PAGE)
        }
        expect(owner.takenBytes).toBe(model.takenCount * PAGE)
      }
    }),
    { numRuns: 300 },
  )
})

describe('cost', () => {
  /** How many entries of the page table a call reads, on the only way there is to read them. */
  function countLoads(call: () => void): number {
    const { load } = Atomics
    let count = 0
    Atomics.load = ((...args: Parameters<typeof load>) => {
      count++
      return load(...args)
    }) as typeof load
    try {
      call()
    } finally {
      Atomics.load = load
    }
    return count
  }

  test('of a block does not grow with how many are taken', () => {
    const { owner, other } = openHeap(40_000)
    const random = randomNumbers(5)
    const held = Array.from({ length: 10_000 }, () => takePages(owner, 1))
    const calls = 30_000
    const loads = countLoads(() => {
      for (let i = 0; i < calls; i++) {
        const index = random(held.length)
        other.free(held[index]! * PAGE)
        held[index] = takePages(owner, 1)
      }
    })
    // One to free, one for the counter, and of the table two or three.
    expect(loads / calls).toBeLessThan(6)
  })

  test('of a full heap is no search, until enough was given back', () => {
    const { owner, other } = openHeap(10_000)
    for (let i = 0; i < 10_000; i++) takePages(owner, 1)
    expect(countLoads(() => expect(owner.take(1)).toBe(-1))).toBe(1)
    for (let page = 0; page < 30; page++) other.free(2 * page * PAGE)
    expect(takePages(owner, 10)).toBe(-1)
    // The runs are single pages, so 10 pages need at least 5 more.
    for (let page = 0; page < 4; page++) {
      other.free((2 * page + 1) * PAGE)
      expect(countLoads(() => expect(takePages(owner, 10)).toBe(-1))).toBe(1)
    }
    other.free(9 * PAGE)
    expect(takePages(owner, 10)).toBe(0)
  })
})

describe('threads', () => {
  let sides = ''
  let rivals = ''
  beforeAll(async () => {
    sides = await buildProgram('shared-heap-sides')
    rivals = await buildProgram('shared-heap-rivals')
  })

  test(
    'one that takes and two that give back never meet in a block, and lose none',
    { timeout: 120_000 },
    async ({ signal }) => {
      const others = [0, 1]
      const task: Omit<HeapTask, 'role'> = {
        heap: SharedHeap.allocate(48 * PAGE),
        rings: others.map(() => RecordRing.allocate(2 ** 14)),
        sleepers: others.map(() => Sleeper.allocate()),
        freed: new SharedArrayBuffer(4),
        blockCount: 100_000,
        maxWords: 8 * 1024,
        mostKept: 12,
      }
      const tasks = (['owner', ...others] as const).map((role): HeapTask => ({ ...task, role }))
      const [result] = (await runThreads(sides, tasks, signal)) as [HeapResult]
      expect(result.takenBytesAtEnd).toBe(0)
      expect(result.wholeHeapAtEnd).toBe(0)
      expect(result.fullCount).toBeGreaterThan(0)
    },
  )

  test(
    'of two that give the same block back at the same time, one is refused',
    { timeout: 120_000 },
    async ({ signal }) => {
      const blockCount = 20_000
      const memory = SharedHeap.allocate(blockCount * PAGE)
      const owner = new SharedHeap(memory)
      const offsets = Array.from({ length: blockCount }, () => owner.take(PAGE))
      const arrivals = new SharedArrayBuffer(4)
      const tasks = [1, 2].map((seed): RivalTask => ({ heap: memory, arrivals, offsets, seed }))
      const [mine, theirs] = (await runThreads(rivals, tasks, signal)) as [number, number]
      expect(mine + theirs).toBe(blockCount)
      expect(owner.takenBytes).toBe(0)
    },
  )
})
