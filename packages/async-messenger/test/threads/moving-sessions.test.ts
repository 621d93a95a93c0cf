import { createHash } from 'node:crypto'
import { nextTurn, until } from '@msgr-tooling/vitest-preset/until'
import { BufferList } from '@msgr/bufferlist'
import { EntityName, EntityType, type Connection, type Message, type SendResult } from '@msgr/message'
import { NoneAuthenticator, type Authorizer, type AuthorizerVerdict, type HandshakeContext } from '@msgr/messenger-core'
import { expect, test } from 'vitest'
import { numbersBelow, Party, ping, withParties } from './parties.ts'

const ROUND = 500
const MIB = 1 << 20

/** Looks on while the messenger's peers introduce themselves: their sockets are accepted then, and not yet moved. */
class WatchingAuthenticator extends NoneAuthenticator {
  onPeer: () => void = () => undefined

  override verifyAuthorizer(
    peerType: number,
    authorizer: Authorizer,
    context?: Pick<HandshakeContext, 'wire'>,
  ): AuthorizerVerdict {
    this.onPeer()
    return super.verifyAuthorizer(peerType, authorizer, context)
  }
}

/** Sends a few in each turn of the event loop, so that reads, writes and faults come in between. */
async function sendRound(connection: Connection, first: number): Promise<void> {
  for (let tid = first; tid < first + ROUND; tid++) {
    const message = ping(tid)
    message.data = new BufferList(new Uint8Array(tid % 97 === 0 ? 100_000 : tid % 64))
    expect(connection.sendMessage(message)).toBe('queued')
    if (tid % 8 === 0) await nextTurn()
  }
}

function peerOf(party: Party): { type: number; addr: Party['messenger']['myAddr'] } {
  return { type: EntityType.osd, addr: party.messenger.myAddr }
}

// A peer that comes back is accepted by the worker with the fewer connections, which is not the one with its session.
test.each(['v1', 'v2'] as const)(
  '%s: a session stays on its worker when its peer comes back at another',
  async (wire) => {
    const authenticator = new WatchingAuthenticator(EntityName.osd(0))
    const settings = { opThreads: 2, authenticator, initialBackoffMs: 1 }
    const parties = [
      new Party(0, 'losslessPeer', settings),
      new Party(1, 'losslessPeer', { injectSocketFailures: 20, injectSeed: 3, initialBackoffMs: 1 }),
    ] as const
    await withParties(parties, async (server, client) => {
      const loadsSeen: string[] = []
      authenticator.onPeer = () => void loadsSeen.push(server.messenger.workerLoads.join())
      await server.bind(wire)
      await client.bind(wire)
      const there = client.messenger.getConnection(peerOf(server))
      const movesSeen = (): number => loadsSeen.filter((loads) => loads === '1,1').length
      let count = 0
      while (movesSeen() < 3) {
        const back = server.messenger.getConnection(peerOf(client))
        await Promise.all([sendRound(there, count), sendRound(back, count)])
        count += ROUND
        await until(() => server.messages.length >= count && client.messages.length >= count)
      }
      expect(server.tids).toEqual(numbersBelow(count))
      expect(client.tids).toEqual(numbersBelow(count))
      await until(() => [...server.messenger.workerLoads].sort().join() === '0,1')
    })
  },
)

function digest(message: Message): string {
  return createHash('sha256').update(message.data.toContiguous()).digest('hex')
}

/** Sends what `makeBody` makes, with a pause whenever the queue is full. Returns what the bodies hash to. */
async function produce(
  connection: Connection,
  count: number,
  size: number,
  results: Set<SendResult>,
): Promise<string[]> {
  const digests: string[] = []
  for (const tid of numbersBelow(count)) {
    const message = ping(tid)
    const body = new Uint8Array(size)
    for (let i = 0; i < size; i++) body[i] = (Math.imul(i + 1, 2 * tid + 0x9e37_79b1) >>> 13) & 0xff
    message.data = new BufferList(body)
    digests.push(digest(message))
    for (let result: SendResult = 'full'; result === 'full';) {
      result = connection.sendMessage(message)
      results.add(result)
      if (result === 'full') await connection.drained()
    }
  }
  return digests
}

test.each([
  ['small', 5000, 1000, 100_000],
  ['large', 100, MIB, 4 * MIB],
])(
  '%s bodies arrive intact and in order from a sender who waits when it is told to',
  async (_, count, size, maxQueuedBytes) => {
    const parties = [
      new Party(0, 'statefulServer', { opThreads: 1 }),
      new Party(1, 'losslessClient', { opThreads: 1, maxQueuedBytes }),
    ] as const
    await withParties(parties, async (server, client) => {
      await server.bind()
      const digests: string[] = []
      const keep = server.messages
      server.msDispatch = (message) => {
        digests.push(digest(message))
        keep.push(message)
        return true
      }
      const results = new Set<SendResult>()
      const sent = await produce(await client.connect(server), count, size, results)
      await until(() => keep.length >= count)
      expect(server.tids).toEqual(numbersBelow(count))
      expect(digests).toEqual(sent)
      expect([...results].sort()).toEqual(['full', 'queued'])
    })
  },
)
