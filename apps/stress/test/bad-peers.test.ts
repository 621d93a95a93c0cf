import { once } from 'node:events'
import { crc32c } from '@msgr/bufferlist'
import { EntityAddr, MESSAGE_HEADER_CRC_OFFSET, MessageHeader } from '@msgr/message'
import { afterEach, expect, test } from 'vitest'
import { Attack } from '../src/attack.ts'
import { badPeers, hugeAnnouncement } from '../src/bad-peers.ts'
import type { FloodName } from '../src/flood-plan.ts'
import { FloodServer } from '../src/flood-server.ts'
import { GoodPeer } from '../src/good-peer.ts'
import type { MessengerChoice } from '../src/messenger-choice.ts'

const messenger: MessengerChoice = { type: 'simple', driver: 'epoll', workers: 1, opThreads: 0, wire: 'v1' }
const toClose: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(toClose.splice(0).map((each) => each.close()))
})

async function listen(): Promise<{ server: FloodServer; text: string; addr: EntityAddr }> {
  const server = new FloodServer({ name: 'huge', messenger, attackerCount: 1, seconds: 1 })
  toClose.push(server)
  const text = await server.listen()
  return { server, text, addr: EntityAddr.parse(text) }
}

async function pingOnce(serverAddr: string): Promise<GoodPeer> {
  const peer = new GoodPeer(1, serverAddr, messenger, () => undefined)
  toClose.push(peer)
  await peer.connect()
  return peer
}

test.each([
  [0, 'frontLength'],
  [1, 'middleLength'],
  [2, 'dataLength'],
] as const)('announcement %i is a proper header, but for its %s of 4 GiB', (which, field) => {
  const frame = hugeAnnouncement(which)
  const header = new MessageHeader()
  header.read(new DataView(frame.buffer, frame.byteOffset, frame.length), 1)
  expect(header[field]).toBe(0xffff_ffff)
  expect(header.frontLength + header.middleLength + header.dataLength).toBe(0xffff_ffff)
  expect(header.crc).toBe(crc32c(frame.subarray(1, 1 + MESSAGE_HEADER_CRC_OFFSET)))
})

// A server that does not defend itself would let each of them alone.
test.each<FloodName>(['handshakes', 'slow', 'huge', 'deaf'])(
  'a server gets rid of a bad peer, and goes on: %s',
  async (name) => {
    const { server, text, addr } = await listen()
    const bad = badPeers[name](addr, 0)
    if (name === 'deaf') await expect.poll(() => server.report.dropped, { timeout: 20_000 }).toBe(1)
    else await once(bad, 'close')
    bad.destroy()
    const good = await pingOnce(text)
    expect([good.sent, good.answered, good.breaches]).toEqual([1, 1, []])
  },
)

test('an attack opens its connections again when the server has closed them, until it is stopped', async () => {
  const { addr } = await listen()
  let num = 0
  const attack = new Attack(3, () => badPeers.huge(addr, num++))
  attack.start()
  await expect.poll(() => attack.figures.closed, { timeout: 20_000 }).toBeGreaterThan(6)
  expect(attack.figures.mostOpen).toBe(3)
  attack.stop()
  expect(attack.figures.open).toBe(0)
})
