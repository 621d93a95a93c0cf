import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PrioritizedQueue } from '../src/index.ts'
import { NaiveQueue } from './naive-queue.ts'

type Model = NaiveQueue<number>
type Real = PrioritizedQueue<number>
type Command = fc.Command<Model, Real>

// Items are numbers that tell them apart: each enqueue takes the next one.
let nextItem = 0

/** Does the same to both, and then both have to look the same, tokens included. */
function command(name: string, act: (queue: Model | Real, item: number) => unknown, needsItems = false): Command {
  return {
    check: (model) => !needsItems || !model.isEmpty,
    run: (model, real) => {
      const item = nextItem++
      expect(act(real, item)).toEqual(act(model, item))
      expect(real.dump()).toEqual(model.dump())
      expect(real.length).toBe(model.length)
      expect(real.isEmpty).toBe(model.isEmpty)
    },
    toString: () => name,
  }
}

const anyKey = fc.oneof({ weight: 4, arbitrary: fc.nat(6) }, { weight: 1, arbitrary: fc.integer() })
const anyPriority = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 3, 5, 63, 64, 127, 255) },
  { weight: 1, arbitrary: fc.constantFrom(256, 1000, 2 ** 31, 2 ** 32 - 1) },
)
const anyCost = fc.oneof(
  { weight: 6, arbitrary: fc.nat(120) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 32 - 1 }) },
)

const anyCommands = fc.commands(
  [
    fc
      .tuple(anyKey, anyPriority)
      .map(([key, priority]) =>
        command(`enqueueStrict(${key}, ${priority})`, (queue, item) => queue.enqueueStrict(key, priority, item)),
      ),
    fc
      .tuple(anyKey, anyPriority)
      .map(([key, priority]) =>
        command(`enqueueStrictFront(${key}, ${priority})`, (queue, item) =>
          queue.enqueueStrictFront(key, priority, item),
        ),
      ),
    fc
      .tuple(anyKey, anyPriority, anyCost)
      .map(([key, priority, cost]) =>
        command(`enqueue(${key}, ${priority}, ${cost})`, (queue, item) => queue.enqueue(key, priority, cost, item)),
      ),
    fc
      .tuple(anyKey, anyPriority, anyCost)
      .map(([key, priority, cost]) =>
        command(`enqueueFront(${key}, ${priority}, ${cost})`, (queue, item) =>
          queue.enqueueFront(key, priority, cost, item),
        ),
      ),
    fc.constant(command('dequeue', (queue) => queue.dequeue(), true)),
    fc.constant(command('dequeue', (queue) => queue.dequeue(), true)),
    fc.constant(command('dequeue', (queue) => queue.dequeue(), true)),
    anyKey.map((key) =>
      command(`removeByClass(${key})`, (queue) => {
        const out = [-1, -2]
        return [queue.removeByClass(key, out), out]
      }),
    ),
    fc.nat(3).map((rest) =>
      command(`removeByFilter(item % 4 === ${rest})`, (queue) => {
        const out = [-1, -2]
        const asked: number[] = []
        const count = queue.removeByFilter((item) => asked.push(item) > 0 && item % 4 === rest, out)
        return [count, out, asked]
      }),
    ),
  ],
  { maxCommands: 150 },
)

const anyLimits = fc.record({
  maxTokensPerSubqueue: fc.oneof(fc.constantFrom(0, 1, 50, 100, 16_777_216, 2 ** 32 - 1), fc.nat(200)),
  minCost: fc.oneof(fc.constantFrom(0, 1, 10, 65_536), fc.nat(100)),
})

describe('PrioritizedQueue against the naive one', () => {
  test('whatever is done to both, they give the same items and have the same tokens', () => {
    fc.assert(
      fc.property(anyLimits, anyCommands, (limits, commands) => {
        fc.modelRun(
          () => ({ model: new NaiveQueue<number>(limits), real: new PrioritizedQueue<number>(limits) }),
          commands,
        )
      }),
      { numRuns: 400 },
    )
  })

  // Many keys make the class tables grow, give up idle classes, move them to other keys, and shrink.
  test('the same with hundreds of keys that come and go', () => {
    const anyRun = fc.record({
      seed: fc.integer({ min: 1 }),
      keyCount: fc.constantFrom(1, 3, 20, 300, 2 ** 31),
      priorityCount: fc.constantFrom(1, 2, 8, 64),
      strictShare: fc.constantFrom(0, 0.5, 1),
    })
    fc.assert(
      fc.property(anyRun, ({ seed, keyCount, priorityCount, strictShare }) => {
        const random = xorshift(seed)
        const limits = { maxTokensPerSubqueue: 1000, minCost: 10 }
        const model = new NaiveQueue<number>(limits)
        const real = new PrioritizedQueue<number>(limits)
        // Waves: it fills, is drained to the last item, and fills again.
        for (let step = 0; step < 1500; step++) {
          const isFilling = Math.floor(step / 250) % 2 === 0
          if (random() < (isFilling ? 0.7 : 0.2)) {
            const key = Math.floor(random() * keyCount)
            const priority = Math.floor(random() * priorityCount)
            const cost = Math.floor(random() * 200)
            const isStrict = random() < strictShare
            for (const queue of [model, real]) {
              if (isStrict) queue.enqueueStrict(key, priority, step)
              else queue.enqueue(key, priority, cost, step)
            }
          } else if (!model.isEmpty) {
            expect(real.dequeue()).toBe(model.dequeue())
          }
          if (step % 100 === 0) expect(real.dump()).toEqual(model.dump())
        }
        while (!model.isEmpty) expect(real.dequeue()).toBe(model.dequeue())
        expect(real.isEmpty).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  // An item of one key is never overtaken by a later one of the same key and priority.
  test('it is first in, first out for each key at each priority', () => {
    const anyItem = fc.record({ key: fc.nat(3), priority: fc.nat(3), cost: fc.nat(100), isStrict: fc.boolean() })
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 200 }), (items) => {
        const queue = new PrioritizedQueue<(typeof items)[number]>({ maxTokensPerSubqueue: 100, minCost: 1 })
        for (const item of items) {
          if (item.isStrict) queue.enqueueStrict(item.key, item.priority, item)
          else queue.enqueue(item.key, item.priority, item.cost, item)
        }
        const served = items.map(() => queue.dequeue())
        const lane = (of: typeof items, like: (typeof items)[number]): typeof items =>
          of.filter(
            (item) => item.key === like.key && item.priority === like.priority && item.isStrict === like.isStrict,
          )
        for (const item of items) expect(lane(served, item)).toEqual(lane(items, item))
      }),
    )
  })
})

function xorshift(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
