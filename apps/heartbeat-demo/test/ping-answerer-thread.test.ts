import { existsSync } from 'node:fs'
import { EntityAddr, EntityType, type Message } from '@msgr/messenger'
import { afterEach, describe, expect, test } from 'vitest'
import type { PeerTarget } from '../src/heartbeat-link.ts'
import { MOSDPing, MOSDPingOp } from '../src/m-osd-ping.ts'
import type { MessengerChoice } from '../src/messenger-choice.ts'
import type { HeartbeatAddresses } from '../src/osd.ts'
import { asInstance } from './raw-peer.ts'
import { WatchedOsd } from './watched-osd.ts'

const ON_THREADS: MessengerChoice = {
  type: 'async',
  driver: 'epoll',
  opThreads: 2,
  wire: 'v1',
  auth: { method: 'none' },
}
const running: WatchedOsd[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ osd }) => osd.stop()))
})

async function startOsd(id: number, wire: MessengerChoice['wire'], graceMs = 20_000): Promise<WatchedOsd> {
  if (!existsSync(new URL('../dist/ping-answerer-thread.js', import.meta.url))) {
    throw new Error('what threads load is not built: run "npm run build" in the root first')
  }
  const watched = new WatchedOsd({ id, graceMs, messenger: { ...ON_THREADS, wire } })
  running.push(watched)
  const loopback = EntityAddr.fromIp(wire, '127.0.0.1', 0)
  await watched.osd.start({ front: loopback, back: loopback })
  return watched
}

function targetAt({ front, back }: HeartbeatAddresses): PeerTarget {
  const at = (addr: EntityAddr) => ({ addr, anyNonce: false })
  return { key: back.toString(), id: undefined, upFrom: 0, back: at(back), front: at(front) }
}

/** What comes to the messenger's thread, from now on, of all that is sent to the two addresses of an OSD. */
function listenAt({ osd }: WatchedOsd): readonly Message[] {
  const heard: Message[] = []
  for (const messenger of [osd.hbFrontServer, osd.hbBackServer]) {
    messenger.addDispatcherHead({
      msDispatch: () => false,
      msFastPreprocess: (message) => {
        heard.push(message)
      },
    })
  }
  return heard
}

// The async messenger needs the native part of @msgr/posix.
describe.skipIf(process.platform !== 'linux').each(['v1', 'v2'] as const)(
  'on threads, over %s (needs Linux)',
  (wire) => {
    test('pings are answered without the messenger, with what it knows', async () => {
      const [one, two] = [await startOsd(1, wire), await startOsd(2, wire)]
      const heard = listenAt(two)
      two.osd.knowledge.assign({ mapEpoch: 9, upFrom: 5, deadBefore: new Map([[2, 0]]) })
      one.osd.setPeers([targetAt(two.osd.addresses)])
      await one.answered(3)
      expect(heard).toEqual([])
      expect([...one.osd.links].map(({ id }) => id)).toEqual([2])
      await one.until(() => one.found.length > 0)
      expect(one.found[0]).toBe('osd.2 says that we died at 9')
    })

    test('an OSD that stops answers nobody, on any thread, until it goes on', async () => {
      const [one, two] = [await startOsd(1, wire, 200), await startOsd(2, wire)]
      one.osd.setPeers([targetAt(two.osd.addresses)])
      await one.answered(1)
      two.osd.knowledge.isStopping = true
      await one.until(() => one.found.includes('osd.2 failed: silence'))
      two.osd.knowledge.isStopping = false
      await one.until(() => one.found.includes('osd.2 recovered'))
    })

    test('all but pings comes to the messenger', async () => {
      const [one, two] = [await startOsd(1, wire), await startOsd(2, wire)]
      const heard = listenAt(two)
      const { hbclient, fsid } = one.osd
      const connection = hbclient.getConnection({ type: EntityType.osd, addr: two.osd.addresses.front })
      connection.sendMessage(new MOSDPing({ op: MOSDPingOp.youDied, fsid, mapEpoch: 4 }))
      connection.sendMessage(new MOSDPing({ op: MOSDPingOp.ping, fsid }))
      await two.until(() => two.found.length > 0)
      expect(two.found).toEqual(['osd.1 says that we died at 4'])
      expect(heard.map((message) => asInstance(MOSDPing, message).fields.op)).toEqual([MOSDPingOp.youDied])
    })
  },
)
