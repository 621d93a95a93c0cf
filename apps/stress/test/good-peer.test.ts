import { BufferList } from '@msgr/bufferlist'
import { createMessenger, EntityAddr, EntityName, MPing, Policies, type Messenger } from '@msgr/messenger'
import { afterEach, expect, test } from 'vitest'
import { GoodPeer } from '../src/good-peer.ts'

const toClose: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(toClose.splice(0).map((each) => each.close()))
})

/** A peer, and a server that sends `answer`, which was made from the ping. */
async function connect(answer: (reply: MPing, server: Messenger) => void): Promise<GoodPeer> {
  const server = createMessenger(EntityName.osd(0), { type: 'simple' })
  server.setDefaultPolicy(Policies.losslessPeer())
  server.addDispatcherHead({
    msDispatch: ({ tid, data, connection }) => {
      const reply = new MPing()
      reply.tid = tid
      reply.data = data
      answer(reply, server)
      return connection?.sendMessage(reply) !== 'full'
    },
  })
  const addr = await server.bind(EntityAddr.fromIp('v1', '127.0.0.1', 0))
  const messenger = { type: 'simple', driver: 'epoll', workers: 1, opThreads: 0, wire: 'v1' } as const
  const peer = new GoodPeer(1, addr.toString(), messenger, () => undefined)
  toClose.push(peer, { close: () => server.shutdown() })
  await peer.connect()
  return peer
}

test('counts pings and their answers, one at a time, until it is told to end', async () => {
  let count = 0
  const peer = await connect(() => {
    if (++count === 10) peer.end()
  })
  await peer.run()
  expect([peer.sent, peer.answered, peer.breaches]).toEqual([10, 10, []])
})

test('notices the answer to another ping', async () => {
  const peer = await connect((reply) => {
    reply.tid += 1n
  })
  expect(peer.breaches[0]).toBe('osd.1: expected the answer to ping 0, got that to 1')
})

test('notices an answer with other content', async () => {
  const peer = await connect((reply) => {
    reply.data = new BufferList().append('something else')
  })
  expect(peer.breaches).toEqual(['osd.1: the answer to ping 0 has other content than the ping'])
})

test('notices that the server has forgotten it', async () => {
  let count = 0
  const peer = await connect((_, server) => {
    if (++count === 3) server.markDownAll()
  })
  await peer.run()
  expect(peer.breaches).toEqual(['osd.1: told of a remote reset'])
})
