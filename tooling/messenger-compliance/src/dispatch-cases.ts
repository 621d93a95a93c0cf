import { until } from '@msgr-tooling/vitest-preset/until'
import { Throttle } from '@msgr/dispatcher'
import { Priority } from '@msgr/message'
import { Policies } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { MessengerKind } from './messenger-kind.ts'
import { CLIENT, dial, holdUp, numbersBelow, OSD_0, ping, Stage } from './stage.ts'

/** Priorities, throttles, and dispatchers that take their time or break. */
export function describeDispatch(kind: MessengerKind): void {
  const staged = (run: (stage: Stage) => Promise<void>) => () => Stage.run(kind, run)

  describe('dispatch', () => {
    test(
      'what waits for a connection goes out by priority, and in order within each',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient())
        const connection = dial(client, server)
        const priorities = [
          Priority.default,
          Priority.low,
          Priority.highest,
          Priority.high,
          Priority.default,
          Priority.high,
        ]
        for (const [tid, priority] of priorities.entries()) {
          const message = ping(tid)
          message.priority = priority
          connection.sendMessage(message)
        }
        await server.recorder.untilMessages(priorities.length)
        expect(server.recorder.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
        expect(server.recorder.tids).toEqual([2, 3, 5, 0, 4, 1])
      }),
    )

    test(
      'while one message is being dispatched, those behind it wait, the most urgent in front',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient())
        let release: () => void = () => undefined
        const held = new Promise<void>((resolve) => (release = resolve))
        server.recorder.onMessage = async ({ tid }) => {
          if (tid === 0n) await held
          return true
        }
        const connection = dial(client, server)
        connection.sendMessage(ping(0))
        await server.recorder.untilMessages(1)
        for (const tid of [1, 2]) connection.sendMessage(ping(tid))
        const urgent = ping(3)
        urgent.priority = Priority.highest
        connection.sendMessage(urgent)
        await until(() => server.messenger.dispatchQueueLength === 3)
        expect(server.messenger.dispatchQueueMaxAgeMs).toBeGreaterThanOrEqual(0)
        expect(server.recorder.tids).toEqual([0])
        release()
        await server.recorder.untilMessages(4)
        expect(server.recorder.tids).toEqual([0, 3, 1, 2])
      }),
    )

    test(
      'the dispatch throttle stops the reading, so that the sender has to keep what is too much',
      staged(async (stage) => {
        const size = 100_000
        const server = await stage.addBound(OSD_0, Policies.statefulServer(), { dispatchThrottleBytes: 3 * size })
        const client = stage.add(CLIENT, Policies.losslessClient())
        const release = holdUp(server)
        const connection = dial(client, server)
        for (const tid of numbersBelow(400)) connection.sendMessage(ping(tid, new Uint8Array(size)))
        await until(() => server.messenger.dispatchQueueLength === 2)
        await until(() => connection.unackedCount > 0)
        expect(server.messenger.dispatchQueueLength).toBe(2)
        expect(connection.queuedCount + connection.unackedCount).toBeGreaterThan(300)
        release()
        await server.recorder.untilMessages(400)
        expect(server.recorder.tids).toEqual(numbersBelow(400))
      }),
    )

    test(
      'a throttle of messages holds for all peers of a type together',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const throttle = new Throttle(2)
        server.messenger.setPolicyThrottlers(CLIENT.type, { messages: throttle })
        const release = holdUp(server)
        const clients = numbersBelow(3).map(() => stage.add(CLIENT, Policies.losslessClient()))
        const sent = clients.map((client) => dial(client, server))
        for (const connection of sent) for (const tid of [0, 1]) connection.sendMessage(ping(tid))
        // Every client has sent all it has, and no more than two messages are let in.
        await until(() => throttle.current === 2 && sent.every(({ queuedCount }) => queuedCount === 0))
        expect([throttle.current, server.recorder.messages.length]).toEqual([2, 1])
        release()
        await server.recorder.untilMessages(6)
        await until(() => throttle.current === 0)
      }),
    )

    test(
      'a dispatcher that throws, or whose promise rejects, is logged, and the next message is dispatched',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient())
        server.recorder.onMessage = ({ tid }) => {
          if (tid === 0n) throw new Error('thrown on purpose')
          return tid === 1n ? Promise.reject(new Error('rejected on purpose')) : true
        }
        const connection = dial(client, server)
        for (const tid of [0, 1, 2]) connection.sendMessage(ping(tid))
        await server.recorder.untilMessages(3)
        const logged = server.log.filter(({ level }) => level === 0).map(({ text }) => text)
        expect(logged.some((text) => text.includes('thrown on purpose'))).toBe(true)
        await until(() => server.log.some(({ text }) => text.includes('rejected on purpose')))
        expect(connection.isConnected).toBe(true)
      }),
    )

    test(
      'a message that no dispatcher takes is logged and dropped',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient())
        server.recorder.onMessage = ({ tid }) => tid !== 0n
        for (const tid of [0, 1]) dial(client, server).sendMessage(ping(tid))
        await server.recorder.untilMessages(2)
        expect(server.log.filter(({ text }) => text.startsWith('no dispatcher took MPing'))).toHaveLength(1)
      }),
    )

    test(
      'a dispatcher may mark connections down, its own and others, while it dispatches',
      staged(async (stage) => {
        const servers = [
          await stage.addBound(OSD_0, Policies.statelessServer()),
          await stage.addBound(OSD_0, Policies.statelessServer()),
        ]
        const client = stage.add(CLIENT, Policies.lossyClient())
        for (const server of servers) {
          server.recorder.onMessage = ({ connection }) => {
            connection?.sendMessage(ping(1))
            connection?.markDown()
            server.messenger.markDownAll()
            return true
          }
        }
        // What is sent before a connection is marked down may still arrive.
        client.recorder.onMessage = ({ connection }) => {
          connection?.markDown()
          return true
        }
        for (let round = 1; round <= 50; round++) {
          for (const server of servers) dial(client, server).sendMessage(ping(round))
          await servers[0]?.recorder.untilMessages(round)
          await servers[1]?.recorder.untilMessages(round)
          client.messenger.markDownAll()
        }
        expect(client.messenger.connectionCount).toBe(0)
      }),
    )

    test(
      'shutting down drops what waits, ends what is under way, and refuses what comes after',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient())
        const connection = dial(client, server)
        for (const tid of numbersBelow(100)) connection.sendMessage(ping(tid))
        const ended = client.messenger.shutdown()
        expect(client.messenger.shutdown()).toBe(ended)
        await ended
        await client.messenger.wait()
        expect(connection.isConnected).toBe(false)
        expect(connection.sendMessage(ping(1))).toBe('dropped')
        expect(client.messenger.connectionCount).toBe(0)
        expect(client.messenger.dispatchQueueLength).toBe(0)
        expect(() => dial(client, server)).toThrow(expect.objectContaining({ code: 'ERR_MSGR_SHUT_DOWN' }))
        await expect(client.messenger.bind(kind.bindAddr)).rejects.toMatchObject({ code: 'ERR_MSGR_SHUT_DOWN' })
      }),
    )
  })
}
