import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { measure } from 'mitata'
import { PrioritizedQueue } from '../src/index.ts'

// Each figure is what one enqueue and one dequeue cost together while the queue stays as long as it is: the item
// that came out goes in again, with a key, a priority and a cost drawn beforehand. All items are objects of their
// own, as messages are. Both ways to enqueue have a process of their own, so that none is slowed by code that was
// optimized for the other. Comparisons with heaps are in apps/bench-runner, suite queue.

interface Item {
  key: number
  priority: number
  cost: number
}

interface Contestant {
  readonly enqueue: (item: Item) => void
  readonly dequeue: () => Item
}

interface Load {
  readonly queued: number
  readonly priorities: number
  readonly keys: number
}

const DRAWN = 1 << 16
const LIMITS = { maxTokensPerSubqueue: 16_777_216, minCost: 65_536 }
const contestants: Record<string, () => Contestant> = {
  strict: () => {
    const queue = new PrioritizedQueue<Item>(LIMITS)
    return {
      enqueue: (item) => queue.enqueueStrict(item.key, item.priority, item),
      dequeue: () => queue.dequeue(),
    }
  },
  weighted: () => {
    const queue = new PrioritizedQueue<Item>(LIMITS)
    return {
      enqueue: (item) => queue.enqueue(item.key, item.priority, item.cost, item),
      dequeue: () => queue.dequeue(),
    }
  },
}

/** Time that this process has had a processor, so that others on the same machine count for little. */
function cpuTimeNs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

/** Nanoseconds of processor time for one item to go through, the median of many samples. */
async function costOf(contestant: Contestant, load: Load): Promise<number> {
  const random = xorshift(12345)
  const keys = Int32Array.from({ length: DRAWN }, () => random() % load.keys)
  const priorities = Int32Array.from({ length: DRAWN }, () => (random() % load.priorities) + 1)
  const costs = Int32Array.from({ length: DRAWN }, () => random() % 200_000)
  let drawnCount = 0
  const draw = (item: Item): Item => {
    const i = drawnCount++ & (DRAWN - 1)
    item.key = keys[i]!
    item.priority = priorities[i]!
    item.cost = costs[i]!
    return item
  }
  for (let i = 1; i < load.queued; i++) contestant.enqueue(draw({ key: 0, priority: 0, cost: 0 }))
  let item: Item = { key: 0, priority: 0, cost: 0 }
  const hold = (): void => {
    contestant.enqueue(draw(item))
    item = contestant.dequeue()
  }
  // A queue that is shared by cost takes its time to get from an even mix to the one that it keeps.
  for (let i = 0; i < 4 * load.queued; i++) hold()
  const stats = await measure(hold, { now: cpuTimeNs, min_cpu_time: 150e6, min_samples: 20 })
  return stats.p50
}

function compare(title: string, loads: Load[]): void {
  console.log(`\n${title}`)
  const names = Object.keys(contestants)
  const columns = names.map((name) => {
    const output = execFileSync(process.execPath, [
      '--expose-gc',
      fileURLToPath(import.meta.url),
      name,
      JSON.stringify(loads),
    ])
    return JSON.parse(output.toString()) as number[]
  })
  printRow(['queued', 'priorities', 'keys', ...names])
  for (const [i, { queued, priorities, keys }] of loads.entries()) {
    const load = [queued, priorities, keys].map((n) => n.toLocaleString('en'))
    printRow([...load, ...columns.map((column) => column[i]!.toFixed(0))])
  }
}

function printRow(cells: string[]): void {
  console.log(cells.map((cell) => cell.padStart(14)).join(''))
}

function xorshift(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

const [, , contestant, loads] = process.argv
if (contestant !== undefined && loads !== undefined) {
  const costs: number[] = []
  for (const load of JSON.parse(loads) as Load[]) costs.push(await costOf(contestants[contestant]!(), load))
  console.log(JSON.stringify(costs))
} else {
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  console.log('nanoseconds of processor time for one item in and one item out')
  const shapes = [1, 8, 64].flatMap((priorities) => [1, 1000].map((keys) => ({ priorities, keys })))
  compare(
    'by the number of priorities and keys',
    [1, 1000, 100_000].flatMap((queued) => shapes.map((shape) => ({ queued, ...shape }))),
  )
  compare(
    'by the number of items queued',
    [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].map((queued) => ({ queued, priorities: 8, keys: 100 })),
  )
  compare(
    'as many keys as items: most items make a key wait that did not',
    [10, 1000, 100_000].map((queued) => ({ queued, priorities: 1, keys: queued })),
  )
}
