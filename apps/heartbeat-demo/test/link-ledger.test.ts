import { EntityAddr, EntityName, EntityType, Policies } from '@msgr/messenger'
import { afterEach, expect, test } from 'vitest'
import { HeartbeatLink } from '../src/heartbeat-link.ts'
import { LinkLedger } from '../src/link-ledger.ts'
import { makeMessenger } from '../src/messenger-choice.ts'
import { SIMPLE } from './raw-peer.ts'

const messenger = makeMessenger(EntityName.osd(1), SIMPLE, {})
messenger.setPolicy(EntityType.osd, Policies.lossyClient())
afterEach(() => messenger.shutdown())

const NO_RTTS = { front: [], back: [] }

test('a ledger tells what is new, also of links that are closed, and nothing twice', () => {
  const address = { addr: EntityAddr.fromIp('v1', '127.0.0.1', 9), anyNonce: true }
  const target = { key: 'x', id: 7, upFrom: 1, back: address, front: address }
  const link = new HeartbeatLink(target, messenger, 1000)
  const ledger = new LinkLedger()
  link.peer.notePing('a', 0, ['front', 'back'])
  link.peer.noteReply('a', 'front', 3)
  ledger.answered(link, 'front', 3)
  expect(ledger.takeNews([link])).toEqual([
    { peer: 7, pings: 2, missed: 0, waiting: 1, rttsMs: { front: [3], back: [] } },
  ])
  expect(ledger.takeNews([link])).toEqual([{ peer: 7, pings: 0, missed: 0, waiting: 1, rttsMs: NO_RTTS }])

  link.peer.notePing('b', 10, ['front', 'back'])
  link.close()
  ledger.close(link)
  expect(ledger.takeNews([])).toEqual([{ peer: 7, pings: 2, missed: 3, waiting: 0, rttsMs: NO_RTTS }])
  expect(ledger.takeNews([])).toEqual([])
})
