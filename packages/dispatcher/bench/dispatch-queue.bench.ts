import { MPing, Priority } from '@msgr/message'
import { bench, do_not_optimize, run, summary } from 'mitata'
import { DispatchQueue, DispatcherChain } from '../src/index.ts'

// What one message costs on its way through the queue, when many come in one turn; and when it is dispatched fast.
const COUNT = 1000
const messages = Array.from({ length: COUNT }, () => {
  const message = new MPing()
  message.priority = Priority.default
  return message
})

function makeQueue(isFast: boolean): { queue: DispatchQueue; runScheduled: () => void } {
  const chain = new DispatcherChain(({ error }) => {
    throw error
  })
  chain.addDispatcherTail({
    msDispatch: (message) => {
      do_not_optimize(message)
      return true
    },
    msCanFastDispatch: () => isFast,
    msFastDispatch: (message) => {
      do_not_optimize(message)
    },
  })
  let scheduled: () => void = () => undefined
  const queue = new DispatchQueue(chain, {
    maxTokensPerPriority: 16_777_216,
    minCost: 65_536,
    schedule: (next) => {
      scheduled = next
    },
    yieldTurn: (next) => {
      next()
    },
  })
  return { queue, runScheduled: () => scheduled() }
}

summary(() => {
  for (const connections of [1, 1000]) {
    const { queue, runScheduled } = makeQueue(false)
    bench(`${COUNT} messages of ${connections} connections, queued and dispatched`, () => {
      for (let i = 0; i < COUNT; i++) queue.deliver(messages[i]!, 1 + (i % connections))
      runScheduled()
    })
  }
  const { queue } = makeQueue(true)
  bench(`${COUNT} messages, dispatched fast`, () => {
    for (let i = 0; i < COUNT; i++) queue.deliver(messages[i]!, 1)
  })
})

await run()
