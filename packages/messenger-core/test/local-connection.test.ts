import { BufferList } from '@msgr/bufferlist'
import { EntityAddr, EntityAddrVec, EntityName, type Message, MPing } from '@msgr/message'
import { expect, test } from 'vitest'
import { LocalConnection } from '../src/local-connection.ts'

const NAME = EntityName.osd(3)
const ADDR = EntityAddr.parse('v1:10.0.0.1:6800/5')

function makeLocal(maxQueuedBytes = Infinity): { local: LocalConnection; delivered: Message[] } {
  const delivered: Message[] = []
  const local = new LocalConnection(
    { name: NAME, addrs: () => new EntityAddrVec([ADDR]), maxQueuedBytes },
    (message) => {
      delivered.push(message)
    },
  )
  return { local, delivered }
}

function pingOf(size: number): MPing {
  const message = new MPing()
  message.data = new BufferList(new Uint8Array(size))
  return message
}

test('the object that was sent arrives, from oneself, over this connection', () => {
  const { local, delivered } = makeLocal()
  const message = pingOf(5)
  expect(local.sendMessage(message)).toBe('queued')
  expect(delivered).toEqual([message])
  expect(delivered[0]).toMatchObject({ source: NAME, connection: local })
  expect(local).toMatchObject({ isLoopback: true, isConnected: true, peerType: NAME.type, peerAddr: ADDR })
})

test('messages count as queued until they have been dispatched, and beyond the limit none is taken', async () => {
  const { local, delivered } = makeLocal(3000)
  expect([1, 2, 3].map(() => local.sendMessage(pingOf(1000)))).toEqual(['queued', 'queued', 'full'])
  expect([local.queuedCount, local.queuedBytes]).toEqual([2, 2 * (1000 + 512)])
  let isDrained = false
  const drained = local.drained().then(() => (isDrained = true))
  await Promise.resolve()
  expect(isDrained).toBe(false)
  for (const message of delivered) local.releaseThrottles(message)
  await drained
  expect([local.queuedCount, local.queuedBytes]).toEqual([0, 0])
  await local.drained()
})

test('once marked down it takes nothing, and nobody waits for it', async () => {
  const { local, delivered } = makeLocal(100)
  local.sendMessage(pingOf(1000))
  const drained = local.drained()
  local.markDown()
  await drained
  await local.drained()
  expect([local.sendMessage(pingOf(1)), local.isConnected, delivered.length]).toEqual(['dropped', false, 1])
})
