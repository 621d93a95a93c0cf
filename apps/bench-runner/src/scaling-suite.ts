import type { EchoCase } from './echo-case.ts'
import { loadSuite } from './load-suite.ts'
import type { Suite } from './suite.ts'

/** One message under way on each of so many connections. */
const connections = (connectionCount: number): EchoCase => {
  return { name: `connections-${connectionCount}`, payloadBytes: 64, connectionCount, depth: 1 }
}

/** So many messages under way on one connection: at first all of them wait to be sent, then their replies do. */
const queued = (depth: number): EchoCase => {
  return { name: `queued-${depth}`, payloadBytes: 64, connectionCount: 1, depth }
}

/** What a message costs should not depend on how many connections there are, or how many messages wait. */
export const scalingSuite: Suite = loadSuite({
  name: 'scaling',
  cases: [
    ...[1, 10, 100, 1000, 10_000].map(connections),
    ...[1, 10, 100, 1000, 10_000, 100_000, 1_000_000].map(queued),
  ],
  quickCases: [...[1, 100].map(connections), ...[1, 10_000].map(queued)],
  subjects: ['node-net', 'async-messenger'],
  // However short, a run with a million messages under way is one of a million messages.
  plan: { warmUpMs: 0, measureMs: 500 },
})
