import type { EchoCase } from './echo-case.ts'
import { loadSuite } from './load-suite.ts'
import type { Suite } from './suite.ts'

const fanIn = (connectionCount: number): EchoCase => {
  return { name: `64B-c${connectionCount}`, payloadBytes: 64, connectionCount, depth: 1 }
}

/** Many connections to one server, with one message under way on each. */
export const fanInSuite: Suite = loadSuite({
  name: 'fan-in',
  cases: [fanIn(1000)],
  quickCases: [fanIn(100)],
  subjects: ['c-epoll', 'node-net', 'async-messenger', 'simple-messenger', 'zeromq', 'ws'],
  plan: { measureMs: 500 },
})
