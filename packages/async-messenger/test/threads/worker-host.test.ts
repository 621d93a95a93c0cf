import { until } from '@msgr-tooling/vitest-preset/until'
import { EntityAddr, EntityType, FEATURES_ALL } from '@msgr/message'
import {
  allocateUncleared,
  messengerOptionTable,
  Policies,
  Throttle,
  type AcceptingState,
  type MessengerOptions,
} from '@msgr/messenger-core'
import { close, eventfd } from '@msgr/posix'
import { expect, onTestFinished, test } from 'vitest'
import { clockOffsetMs } from '../../src/threads/center-timers.ts'
import type { FromWorker, ToWorker } from '../../src/threads/control.ts'
import { FdLedger } from '../../src/threads/fd-ledger.ts'
import type { ThreadSettings } from '../../src/threads/thread-settings.ts'
import { ReadMemory } from '../../src/threads/read-memory.ts'
import { ThreadWorker } from '../../src/threads/thread-worker.ts'
import { WorkerHost } from '../../src/threads/worker-host.ts'
import { connectedPair } from '../sockets.ts'
import { openEnds } from './channel-ends.ts'
import { openDescriptors } from './parties.ts'

const OPTIONS = Object.fromEntries(
  Object.entries(messengerOptionTable).map(([key, { byDefault }]) => [key, byDefault]),
) as unknown as MessengerOptions
const OWN_ADDR = EntityAddr.parse('v1:127.0.0.1:6800/1').fields
const PEER_ADDR = EntityAddr.parse('v1:127.0.0.1:6801/2').fields
const nothing = new Uint8Array(0)

/** A peer that asks for a new session, at another worker so far. */
const STATE: AcceptingState = {
  wire: 'v1',
  remoteAddr: PEER_ADDR,
  ageMs: 0,
  rounds: 1,
  security: undefined,
  peerAddr: PEER_ADDR,
  request: { features: FEATURES_ALL, peerType: EntityType.osd, globalSeq: 1, connectSeq: 0 },
  authorizerReply: nothing,
  unread: nothing,
  unsent: nothing,
}

/** The host of a worker that is no thread of its own, and the messenger's end of its channel. */
function openHost() {
  const [own, messenger] = openEnds<FromWorker, ToWorker>()
  const [wakeFd, messengerWakeFd] = [eventfd(), eventfd()]
  const fdLedger = FdLedger.allocate()
  const worker = new ThreadWorker(
    { driver: 'epoll', wakeFd, options: OPTIONS },
    new FdLedger(fdLedger),
    new ReadMemory(allocateUncleared),
  )
  const settings = {
    index: 0,
    count: 1,
    name: { type: EntityType.osd, num: 0 },
    options: OPTIONS,
    messages: [],
    clockOffsetMs: clockOffsetMs(),
    configuration: {
      ownLegacy: OWN_ADDR,
      ownAll: [OWN_ADDR],
      byDefault: Policies.losslessPeer(),
      byType: [],
      throttlers: [],
      clusterProtocol: 0,
      defaultSendPriority: 127,
    },
    globalSeq: new Uint32Array(new SharedArrayBuffer(4)),
    dispatchThrottle: {
      id: 1,
      memory: new Throttle(0).share({ wakeFd: messengerWakeFd, wake: () => undefined }),
    },
  } satisfies Partial<ThreadSettings>
  const host = new WorkerHost(settings as unknown as ThreadSettings, worker, own.channel, undefined)
  onTestFinished(() => {
    host.stop()
    worker.close()
    close(wakeFd)
    close(messengerWakeFd)
  })
  const told: FromWorker['kind'][] = []
  const process = (): void => {
    own.channel.process(host)
    for (const arrival of messenger.take()) if (arrival.kind === 'control') told.push(arrival.control.kind)
    worker.center.processEvents(0)
  }
  return { host, messenger, told, process }
}

test('a connection that moves here goes on with the request of its peer', async () => {
  const { messenger, told, process } = openHost()
  const [fd, peer] = await connectedPair()
  onTestFinished(() => {
    close(peer)
  })
  messenger.channel.sendControl(1, { kind: 'adopt', fd, unsent: [], state: STATE })
  await until(() => {
    process()
    return told.includes('requested')
  })
  messenger.channel.sendControl(1, { kind: 'settle', isHere: true })
  await until(() => {
    process()
    return told.includes('opened')
  })
  expect(told.filter((kind) => kind !== 'log')).toEqual(['requested', 'opened'])
})

test('a connection that is given up while it moves here is closed', async () => {
  const { messenger, told, process } = openHost()
  const before = openDescriptors()
  const [fd, peer] = await connectedPair()
  messenger.channel.sendControl(1, { kind: 'adopt', fd, unsent: [], state: STATE })
  messenger.channel.sendControl(1, { kind: 'markDown' })
  await until(() => {
    process()
    return told.includes('closed')
  })
  process()
  close(peer)
  expect(openDescriptors()).toBe(before)
})
