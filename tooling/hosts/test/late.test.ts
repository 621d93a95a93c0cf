import { expect, test, type TestContext } from 'vitest'
import { asyncOnEpoll, asyncOnSelect, PORT, simple, type MessengerKind } from '../src/exchange.ts'
import { LateProxy } from '../src/late-proxy.ts'
import { describeHosts } from './requirement.ts'
import { runningExchange } from './running-exchange.ts'

const LOAD = { count: 200, bytes: 1000, everyMs: 5 }
const SLOW = { connectDelayMs: 150, chunkDelayMs: 20, chunksToBreak: 12, breakDelayMs: 200 }

async function goesThroughProxies(kind: MessengerKind, context: TestContext): Promise<void> {
  const exchange = await runningExchange(context, kind)
  const proxies = await Promise.all(
    exchange.hosts.map((host, i) => LateProxy.inFrontOf(host, PORT, { ...SLOW, seed: 7 + i })),
  )
  exchange.send(LOAD)
  expect(await exchange.outcome()).toEqual(exchange.perfect)
  const links = proxies.reduce((sum, { figures }) => sum + figures.links, 0)
  const breaks = proxies.reduce((sum, { figures }) => sum + figures.breaks, 0)
  expect(breaks).toBeGreaterThan(3)
  await context.annotate(`${links} connections, ${breaks} broken`)
}

async function injectsDelays(kind: MessengerKind, context: TestContext): Promise<void> {
  const exchange = await runningExchange(context, kind, {
    injectDelayType: 'osd',
    injectDelayProbability: 0.3,
    injectDelayMaxMs: 30,
    injectInternalDelaysMs: 100,
    injectSocketFailures: 40,
  })
  exchange.send(LOAD)
  expect(await exchange.outcome()).toEqual(exchange.perfect)
  const faults = exchange.peers.map(({ figures }) => figures.faults.length)
  expect(Math.min(...faults)).toBeGreaterThan(3)
  await context.annotate(`${faults.join(' and ')} faults`)
}

describeHosts('messages both ways arrive once and in order', () => {
  for (const kind of [simple, asyncOnEpoll, asyncOnSelect]) {
    test(`where connections are slow, break and end late, with ${kind.kind}`, (context) =>
      goesThroughProxies(kind, context))
    test(`where the messengers hold up handshakes and messages and break sockets, with ${kind.kind}`, (context) =>
      injectsDelays(kind, context))
  }
})
