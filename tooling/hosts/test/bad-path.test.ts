import { expect, test, type TestContext } from 'vitest'
import { asyncOnEpoll, asyncOnSelect, simple, type MessengerKind } from '../src/exchange.ts'
import { describeHosts } from './requirement.ts'
import { runningExchange } from './running-exchange.ts'

/** What a message takes up in the queue besides its data is far less than this. */
const MESSAGE_OVERHEAD_BYTES = 1024
const BOTH: readonly MessengerKind[] = [simple, asyncOnEpoll]

async function losesPackets(kind: MessengerKind, percent: number, context: TestContext): Promise<void> {
  const exchange = await runningExchange(context, kind)
  await exchange.network.losePackets(percent)
  exchange.send({ count: 150, bytes: 2000, everyMs: 5 })
  expect(await exchange.outcome()).toEqual(exchange.perfect)
  const lost = await exchange.network.lostCount()
  expect(lost).toBeGreaterThan(0)
  const faults = exchange.peers.flatMap((peer) => peer.figures.faults)
  await context.annotate(`${lost} packets lost, ${faults.length} faults`)
}

async function staysWithinItsQueue(kind: MessengerKind, context: TestContext): Promise<void> {
  const maxQueuedBytes = 64 * 1024
  const load = { count: 50, bytes: 8 * 1024, everyMs: 0 }
  const exchange = await runningExchange(context, kind, { maxQueuedBytes })
  for (const host of exchange.hosts) await host.limitRate('1mbit')
  exchange.send(load)
  expect(await exchange.outcome()).toEqual(exchange.perfect)
  for (const { figures } of exchange.peers) {
    expect(figures.full).toBeGreaterThan(0)
    expect(figures.maxQueuedBytes).toBeGreaterThanOrEqual(maxQueuedBytes)
    expect(figures.maxQueuedBytes).toBeLessThanOrEqual(maxQueuedBytes + load.bytes + MESSAGE_OVERHEAD_BYTES)
  }
  const [one, two] = exchange.peers.map(({ figures }) => `full ${figures.full} times, ${figures.maxQueuedBytes} bytes`)
  await context.annotate(`${one}; ${two}`)
}

async function findsASmallerMtu(kind: MessengerKind, context: TestContext): Promise<void> {
  const exchange = await runningExchange(context, kind)
  const [one, two] = exchange.peers
  await exchange.hosts[1]!.sendSinglePackets()
  exchange.send({ count: 300, bytes: 20_000, everyMs: 10 })
  await exchange.goesOn()
  // The other host does not learn of it: what it sends at full size is dropped, and nobody says so.
  await exchange.hosts[0]!.setMtu(600)
  await one!.until('it hears nothing any more', ({ faults }) => faults.some(({ text }) => text.includes('nothing has')))
  expect(await exchange.outcome()).toEqual(exchange.perfect)
  await context.annotate(`opened ${one!.figures.opened} and ${two!.figures.opened} times`)
}

describeHosts('messages both ways arrive once and in order', () => {
  for (const kind of [simple, asyncOnEpoll, asyncOnSelect]) {
    test(`where 5 % of the packets are lost, with ${kind.kind}`, (context) => losesPackets(kind, 5, context))
  }
  for (const kind of BOTH) {
    test(`where 20 % of the packets are lost, with ${kind.kind}`, (context) => losesPackets(kind, 20, context))
    test(`when an MTU shrinks unnoticed, with ${kind.kind}`, (context) => findsASmallerMtu(kind, context))
  }
})

describeHosts('what is queued for a link of 1 Mbit/s stays within maxQueuedBytes and one message', () => {
  for (const kind of [simple, asyncOnEpoll, asyncOnSelect]) {
    test(`with ${kind.kind}`, (context) => staysWithinItsQueue(kind, context))
  }
})
