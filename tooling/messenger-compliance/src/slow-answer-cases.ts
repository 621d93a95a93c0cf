import { connect } from 'node:net'
import { until } from '@msgr-tooling/vitest-preset/until'
import {
  AuthProtocol,
  Policies,
  type Authenticator,
  type AuthorizerVerdict,
  type MessengerSettings,
} from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import { HOSTILE_PEER_V1 } from './hostile-peer-v1.ts'
import { HOSTILE_PEER_V2 } from './hostile-peer-v2.ts'
import type { MessengerKind } from './messenger-kind.ts'
import { answerAll, CLIENT, dial, numbersBelow, OSD_0, ping, Stage, type Player } from './stage.ts'

const NO_BYTES = new Uint8Array(0)
const BODY_SIZE = 64 * 1024
/** What a peer says before it is let in: far more than a socket that nobody reads from takes. */
const EAGER_COUNT = 256

type Answer = (verdict: AuthorizerVerdict | Promise<never>) => void

/** Takes its time over the peer that comes first, until the test answers; others are let in at once. */
class SlowAuthenticator implements Authenticator {
  /** How often it was asked. */
  askedCount = 0
  #answer: Answer = () => undefined

  getAuthorizer(): { protocol: number; bytes: Uint8Array } {
    return { protocol: AuthProtocol.none, bytes: Uint8Array.of(1) }
  }

  verifyAuthorizer(): AuthorizerVerdict | Promise<AuthorizerVerdict> {
    this.askedCount++
    if (this.askedCount > 1) return { kind: 'accepted', reply: NO_BYTES, peer: 'another' }
    return new Promise((resolve) => {
      this.#answer = resolve
    })
  }

  /** Answers about the peer that came first. */
  readonly answer: Answer = (verdict) => {
    this.#answer(verdict)
  }
}

async function addServer(
  stage: Stage,
  settings: MessengerSettings = {},
): Promise<{ readonly server: Player; readonly slow: SlowAuthenticator }> {
  const slow = new SlowAuthenticator()
  const server = await stage.addBound(OSD_0, Policies.statelessServer(), { authenticator: slow, ...settings })
  return { server, slow }
}

/** Peers about whom the accepting end has to think. */
export function describeSlowAnswers(kind: MessengerKind): void {
  const staged = (run: (stage: Stage) => Promise<void>) => () => Stage.run(kind, run)

  describe('an authenticator that takes its time', () => {
    test(
      'keeps that peer waiting and no other, and then all that was sent comes in order',
      staged(async (stage) => {
        const { server, slow } = await addServer(stage)
        const patient = stage.add(CLIENT, Policies.lossyClient(), { authenticator: slow })
        const connection = dial(patient, server)
        for (const tid of numbersBelow(20)) connection.sendMessage(ping(tid, new Uint8Array(BODY_SIZE)))
        await until(() => slow.askedCount === 1)
        const quick = stage.add(CLIENT, Policies.lossyClient(), { authenticator: slow })
        dial(quick, server).sendMessage(ping(1000))
        await server.recorder.untilMessages(1)
        expect(server.recorder.tids).toEqual([1000])
        expect([patient.recorder.count('connect'), server.recorder.count('accept')]).toEqual([0, 1])
        slow.answer({ kind: 'accepted', reply: NO_BYTES, peer: 'the first' })
        await server.recorder.untilMessages(21)
        expect(server.recorder.tids.slice(1)).toEqual(numbersBelow(20))
        expect(server.recorder.messages[1]?.connection?.peerIdentity).toBe('the first')
        expect(slow.askedCount).toBe(2)
      }),
    )

    test.each<readonly [string, (answer: Answer) => void]>([
      [
        'lets the peer in',
        (answer) => {
          answer({ kind: 'accepted', reply: NO_BYTES, peer: 'the first' })
        },
      ],
      [
        'asks for more',
        (answer) => {
          answer({ kind: 'challenge', bytes: Uint8Array.of(1) })
        },
      ],
      [
        'refuses',
        (answer) => {
          answer({ kind: 'refused' })
        },
      ],
      [
        'is that there is none',
        (answer) => {
          answer(Promise.reject(new Error('the key store is gone')))
        },
      ],
    ])('disturbs nothing by an answer that %s, when the peer had to come anew meanwhile', (_, giveAnswer) =>
      Stage.run(kind, async (stage) => {
        const { server, slow } = await addServer(stage, { connectionReadyTimeoutMs: 100 })
        answerAll(server)
        const client = stage.add(CLIENT, Policies.losslessClient(), { authenticator: slow })
        const connection = dial(client, server)
        connection.sendMessage(ping(0))
        await client.recorder.untilMessages(1)
        expect(server.log.some(({ text }) => text.includes('not over after 100 ms'))).toBe(true)
        giveAnswer(slow.answer)
        for (const tid of [1, 2, 3]) {
          connection.sendMessage(ping(tid))
          await client.recorder.untilMessages(tid + 1)
        }
        expect(server.recorder.tids).toEqual([0, 1, 2, 3])
        await until(() => server.messenger.connectionCount === 1)
        expect(connection.isConnected).toBe(true)
        expect(server.recorder.messages.at(-1)?.connection?.peerIdentity).toBe('another')
        expect(server.recorder.events.map(({ event }) => event)).toEqual(['accept'])
        expect(server.log.filter(({ text }) => /did not prove|could not be judged/.test(text))).toEqual([])
      }),
    )

    test(
      'answers about a peer that has left, and nobody else notices',
      staged(async (stage) => {
        const { server, slow } = await addServer(stage)
        answerAll(server)
        const client = stage.add(CLIENT, Policies.lossyClient(), { authenticator: slow })
        const left = dial(client, server)
        left.sendMessage(ping(0))
        await until(() => slow.askedCount === 1)
        left.markDown()
        const connection = dial(client, server)
        connection.sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        slow.answer({ kind: 'accepted', reply: NO_BYTES, peer: 'the first' })
        await until(() => server.messenger.connectionCount === 1)
        connection.sendMessage(ping(2))
        await client.recorder.untilMessages(2)
        expect([client.recorder.tids, server.recorder.tids]).toEqual([
          [1, 2],
          [1, 2],
        ])
        expect(server.recorder.messages[1]?.connection?.peerIdentity).toBe('another')
        expect([connection.isConnected, client.recorder.count('reset')]).toEqual([true, 0])
      }),
    )

    if (kind.hasSockets) {
      test('has nothing more read from that peer meanwhile, and nothing that it has sent is lost', () =>
        Stage.run(kind, readNothingMeanwhile))
    }
  })

  /** The peer says at once all that it ever will. Twice as much comes from another meanwhile: there is time to read it. */
  async function readNothingMeanwhile(stage: Stage): Promise<void> {
    const peer = kind.bindAddr.type === 'v1' ? HOSTILE_PEER_V1 : HOSTILE_PEER_V2
    const { server, slow } = await addServer(stage)
    const { myAddr } = server.messenger
    const more = numbersBelow(EAGER_COUNT).map((i) => peer.goodMessage(i + 2, new Uint8Array(BODY_SIZE).fill(i)))
    const socket = connect(myAddr.port, myAddr.host).resume()
    try {
      let isTaken = false
      socket.write(Buffer.concat([...peer.goodFrames(myAddr), ...more]), () => (isTaken = true))
      await until(() => slow.askedCount === 1)
      const other = dial(stage.add(CLIENT, Policies.lossyClient(), { authenticator: slow }), server)
      const otherCount = 2 * EAGER_COUNT
      for (const tid of numbersBelow(otherCount)) other.sendMessage(ping(tid, new Uint8Array(BODY_SIZE)))
      await server.recorder.untilMessages(otherCount)
      expect(server.recorder.tids).toEqual(numbersBelow(otherCount))
      expect([isTaken, slow.askedCount]).toEqual([false, 2])
      slow.answer({ kind: 'accepted', reply: NO_BYTES })
      await server.recorder.untilMessages(otherCount + 1 + EAGER_COUNT)
      const [, ...came] = server.recorder.messages.slice(otherCount)
      expect(came.map(({ seq }) => seq)).toEqual(numbersBelow(EAGER_COUNT).map((i) => i + 2))
      expect(came.every(({ data }, i) => data.length === BODY_SIZE && data.byteAt(BODY_SIZE - 1) === i % 256)).toBe(
        true,
      )
      expect([isTaken, slow.askedCount]).toEqual([true, 2])
    } finally {
      socket.destroy()
    }
  }
}
