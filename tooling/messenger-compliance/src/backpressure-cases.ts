import { nextTurn, until } from '@msgr-tooling/vitest-preset/until'
import type { Connection, SendResult } from '@msgr/message'
import { Policies } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { MessengerKind } from './messenger-kind.ts'
import { CLIENT, dial, holdUp, numbersBelow, OSD_0, ping, Stage } from './stage.ts'

const SIZE = 10_000
const MAX_QUEUED_BYTES = 200_000
/** Far more than the queue, the sockets and the throttle take together. */
const TOO_MANY = 5_000
const SETTINGS = { maxQueuedBytes: MAX_QUEUED_BYTES }

/** Sends until there is no room. Returns how many messages were taken. */
function fill(connection: Connection, firstTid = 0): number {
  for (let tid = firstTid; tid < TOO_MANY; tid++) {
    if (connection.sendMessage(ping(tid, new Uint8Array(SIZE))) === 'full') return tid - firstTid
  }
  throw new Error(`expected a full queue, got ${connection.queuedBytes} bytes in it`)
}

/** What a producer is told when there is more to send than there is room for. */
export function describeBackpressure(kind: MessengerKind): void {
  const staged = (run: (stage: Stage) => Promise<void>) => () => Stage.run(kind, run)

  describe('a queue that is full', () => {
    test(
      'takes nothing more, says when there is room again, and loses nothing',
      staged(async (stage) => {
        const settings = { dispatchThrottleBytes: 3 * SIZE }
        const server = await stage.addBound(OSD_0, Policies.statefulServer(), settings)
        const client = stage.add(CLIENT, Policies.losslessClient(), SETTINGS)
        const release = holdUp(server)
        try {
          const connection = dial(client, server)
          connection.sendMessage(ping(0, new Uint8Array(SIZE)))
          await server.recorder.untilMessages(1)
          let sentCount = 1 + fill(connection, 1)
          // One is being dispatched, and two that wait behind it use up the throttle: more is not acknowledged.
          await until(() => connection.queuedCount + connection.unackedCount === sentCount - 3)
          sentCount += fill(connection, sentCount)
          expect(server.messenger.dispatchQueueLength).toBe(2)
          expect(connection.queuedBytes).toBeGreaterThanOrEqual(MAX_QUEUED_BYTES)
          expect(connection.queuedBytes).toBeLessThan(MAX_QUEUED_BYTES + 2 * SIZE)
          const order: string[] = []
          const drained = connection.drained().then(() => order.push('drained'))
          await nextTurn()
          order.push('released')
          release()
          await drained
          expect(order).toEqual(['released', 'drained'])
          expect(connection.queuedBytes).toBeLessThanOrEqual(MAX_QUEUED_BYTES / 2)
          expect(connection.sendMessage(ping(sentCount, new Uint8Array(SIZE)))).toBe('queued')
          await server.recorder.untilMessages(sentCount + 1)
          expect(server.recorder.tids).toEqual(numbersBelow(sentCount + 1))
        } finally {
          release()
        }
      }),
    )

    test.each([
      ['losslessClient', 'statefulServer'],
      ['lossyClient', 'statelessServer'],
    ] as const)(
      'is waited for by producers that take turns, and every message arrives once and in order: %s',
      async (clientPolicy, serverPolicy) => {
        await Stage.run(kind, async (stage) => {
          const server = await stage.addBound(OSD_0, Policies[serverPolicy]())
          const client = stage.add(CLIENT, Policies[clientPolicy](), SETTINGS)
          const connection = dial(client, server)
          const results = new Set<SendResult>()
          const produce = async (priority: number): Promise<void> => {
            for (const tid of numbersBelow(200)) {
              const message = ping(tid, new Uint8Array(SIZE))
              message.priority = priority
              for (;;) {
                const result = connection.sendMessage(message)
                results.add(result)
                if (result === 'queued') break
                await connection.drained()
              }
            }
          }
          await Promise.all([produce(127), produce(128)])
          await server.recorder.untilMessages(400)
          for (const priority of [127, 128]) {
            const ofPriority = server.recorder.messages.filter((message) => message.priority === priority)
            expect(ofPriority.map(({ tid }) => Number(tid))).toEqual(numbersBelow(200))
          }
          expect([...results].sort()).toEqual(['full', 'queued'])
        })
      },
    )

    test(
      'need not be waited for: a signal ends the wait, and nothing else',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient(), SETTINGS)
        const connection = dial(client, server)
        const taken = fill(connection)
        const controller = new AbortController()
        const reason = new Error('there is no time')
        const waiting = connection.drained({ signal: controller.signal })
        controller.abort(reason)
        await expect(waiting).rejects.toBe(reason)
        await expect(connection.drained({ signal: controller.signal })).rejects.toBe(reason)
        await server.recorder.untilMessages(taken)
        expect(server.recorder.tids).toEqual(numbersBelow(taken))
        await expect(connection.drained()).resolves.toBeUndefined()
      }),
    )

    test(
      'is not waited for when the connection is closed',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient(), SETTINGS)
        const connection = dial(client, server)
        fill(connection)
        const drained = connection.drained()
        connection.markDown()
        await drained
        expect(connection.queuedBytes).toBe(0)
        expect(connection.sendMessage(ping(1))).toBe('dropped')
      }),
    )

    test(
      'is known to the connection to oneself too',
      staged(async (stage) => {
        const { messenger, recorder } = stage.add(CLIENT, Policies.losslessClient(), SETTINGS)
        const connection = messenger.getLoopbackConnection()
        const taken = fill(connection)
        expect(connection.queuedCount).toBe(taken)
        await connection.drained()
        await recorder.untilMessages(taken)
        expect([connection.queuedCount, connection.queuedBytes]).toEqual([0, 0])
        expect(recorder.tids).toEqual(numbersBelow(taken))
      }),
    )

    test(
      'does not exist where there is no limit',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient(), { maxQueuedBytes: 0 })
        const connection = dial(client, server)
        for (const tid of numbersBelow(300)) {
          expect(connection.sendMessage(ping(tid, new Uint8Array(SIZE)))).toBe('queued')
        }
        await connection.drained()
        await server.recorder.untilMessages(300)
      }),
    )
  })
}
