import { EntityAddr, EntityName, EntityType, Policies, type Messenger } from '@msgr/messenger'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HeartbeatLink, type PeerTarget } from '../src/heartbeat-link.ts'
import { MOSDPing } from '../src/m-osd-ping.ts'
import { makeMessenger } from '../src/messenger-choice.ts'
import { SIMPLE } from './raw-peer.ts'

const NOWHERE = { addr: EntityAddr.fromIp('v1', '127.0.0.1', 9), anyNonce: false }
const TARGET: PeerTarget = { key: 'x', id: 7, upFrom: 1, back: NOWHERE, front: NOWHERE }
let messenger: Messenger

beforeEach(() => {
  messenger = makeMessenger(EntityName.osd(1), SIMPLE, { messages: [MOSDPing] })
  messenger.setPolicy(EntityType.osd, Policies.lossyClient())
})
afterEach(() => messenger.shutdown())

test('each link has connections of its own, also to the same address', () => {
  const link = new HeartbeatLink(TARGET, messenger, 1000)
  const other = new HeartbeatLink({ ...TARGET, key: 'y' }, messenger, 1000)
  expect(messenger.connectionCount).toBe(4)
  link.close()
  expect(messenger.connectionCount).toBe(2)
  other.close()
  expect(messenger.connectionCount).toBe(0)
})

test('a peer with one address has one connection', () => {
  new HeartbeatLink({ ...TARGET, front: undefined }, messenger, 1000)
  expect(messenger.connectionCount).toBe(1)
})

test('broken connections are opened anew once, and then only with the next ping', () => {
  const link = new HeartbeatLink(TARGET, messenger, 1000)
  link.reopen()
  expect(messenger.connectionCount).toBe(2)
  link.reopen()
  expect(messenger.connectionCount).toBe(0)
  link.reopen()
  expect(messenger.connectionCount).toBe(0)
  link.sendPing(new MOSDPing(), 'a', 5)
  expect(messenger.connectionCount).toBe(2)
})

test('a ping that cannot be sent is not queued, and counts against the peer', () => {
  const link = new HeartbeatLink(TARGET, messenger, 1000)
  link.sendPing(new MOSDPing(), 'a', 5)
  expect(link.peer.isUnhealthy(1006)).toBe(true)
  expect(link.peer.counts.pings).toBe(0)
})
