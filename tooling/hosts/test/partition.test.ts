import { expect, test, type TestContext } from 'vitest'
import { asyncOnEpoll, asyncOnSelect, simple, type Exchange, type MessengerKind } from '../src/exchange.ts'
import { describeHosts } from './requirement.ts'
import { runningExchange } from './running-exchange.ts'

/** About three seconds of messages, so that a good part of them is sent while nobody can get them. */
const LOAD = { count: 250, bytes: 500, everyMs: 10 }
const SILENCE = /nothing has come from the peer/
/** What an attempt to connect comes to while the other host is away. */
const IN_VAIN = /the handshake is not over|ENETUNREACH|EHOSTUNREACH/

interface Fault {
  readonly fault: string
  readonly kinds: readonly MessengerKind[]
  readonly begin: (exchange: Exchange) => Promise<void>
  readonly end: (exchange: Exchange) => Promise<void>
}

const faults: readonly Fault[] = [
  {
    fault: 'a partition',
    kinds: [simple, asyncOnEpoll, asyncOnSelect],
    begin: ({ network, hosts }) => network.isolate(hosts[0]!),
    end: ({ network }) => network.heal(),
  },
  {
    fault: 'a partition in one direction',
    kinds: [simple, asyncOnEpoll],
    begin: ({ network, hosts }) => network.cutOneWay(hosts[0]!, hosts[1]!),
    end: ({ network }) => network.heal(),
  },
  {
    fault: 'an interface that is down',
    kinds: [simple, asyncOnEpoll, asyncOnSelect],
    begin: ({ hosts }) => hosts[0]!.linkDown(),
    end: ({ hosts }) => hosts[0]!.linkUp(),
  },
  {
    fault: 'an address that goes away and returns',
    kinds: [simple, asyncOnEpoll],
    begin: ({ hosts }) => hosts[0]!.removeAddress(),
    end: ({ hosts }) => hosts[0]!.addAddress(),
  },
]

async function survives(kind: MessengerKind, { begin, end }: Fault, context: TestContext): Promise<void> {
  const exchange = await runningExchange(context, kind)
  exchange.send(LOAD)
  await exchange.goesOn()
  const begunAtMs = Date.now()
  await begin(exchange)
  const noticedAtMs = await exchange.notices(SILENCE)
  await exchange.notices(IN_VAIN, 2)
  const endedAtMs = Date.now()
  await end(exchange)
  const goesOnAtMs = await exchange.goesOn(1)
  expect(await exchange.outcome()).toEqual(exchange.perfect)
  await context.annotate(
    `noticed by both after ${noticedAtMs - begunAtMs} ms, over after ${endedAtMs - begunAtMs} ms, went on ${goesOnAtMs - endedAtMs} ms later`,
  )
}

// The fault ends only when both ends have had the idle timeout and, twice, the one for the handshake.
describeHosts('messages both ways arrive once and in order, longer than every timeout', () => {
  for (const fault of faults) {
    for (const kind of fault.kinds) {
      test(`through ${fault.fault}, with ${kind.kind}`, (context) => survives(kind, fault, context))
    }
  }
})
