import { until } from '@msgr-tooling/vitest-preset/until'
import { Throttle } from '@msgr/dispatcher'
import { type Authenticator, NO_AUTHORIZER, Policies, type Timers } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { MessengerKind } from './messenger-kind.ts'
import { answerAll, CLIENT, dial, holdUp, numbersBelow, OSD_0, OSD_1, ping, Stage } from './stage.ts'

/** The clock of the system, and how many calls it still owes. */
class CountedTimers implements Timers {
  pendingCount = 0

  now(): number {
    return performance.now()
  }

  wallNow(): number {
    return Date.now()
  }

  after(delayMs: number, run: () => void): { cancel: () => void } {
    this.pendingCount++
    let isPending = true
    const settle = (): boolean => {
      if (!isPending) return false
      isPending = false
      this.pendingCount--
      return true
    }
    const timeout = setTimeout(() => {
      if (settle()) run()
    }, delayMs)
    return {
      cancel: () => {
        if (settle()) clearTimeout(timeout)
      },
    }
  }
}

/** Closing, at times when something is under way. */
export function describeEnding(kind: MessengerKind): void {
  const staged = (run: (stage: Stage) => Promise<void>) => () => Stage.run(kind, run)

  describe('ending', () => {
    test(
      'a shutdown waits for the dispatch that is under way, and drops what waits behind it',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient())
        const order: string[] = []
        let release: () => void = () => undefined
        const held = new Promise<void>((resolve) => (release = resolve))
        server.recorder.onMessage = async () => {
          await held
          order.push('dispatched')
          return true
        }
        for (const tid of numbersBelow(10)) dial(client, server).sendMessage(ping(tid))
        await until(() => server.messenger.dispatchQueueLength === 9)
        const ended = server.messenger.shutdown().then(() => order.push('shut down'))
        await client.recorder.untilEvent('refused') // the server's sockets are closed already
        order.push('released')
        release()
        await ended
        expect(order).toEqual(['released', 'dispatched', 'shut down'])
        expect([server.recorder.tids, server.messenger.dispatchQueueLength]).toEqual([[0], 0])
      }),
    )

    test(
      'a shutdown in the middle of handshakes leaves nothing behind, at either end',
      staged(async (stage) => {
        // Whoever is asked decides, but only when it is too late.
        const asked: (() => void)[] = []
        const authenticator: Authenticator = {
          getAuthorizer: () => NO_AUTHORIZER,
          verifyAuthorizer: () =>
            new Promise((resolve) => {
              asked.push(() => {
                resolve({ kind: 'accepted', reply: new Uint8Array(0) })
              })
            }),
        }
        const server = await stage.addBound(OSD_0, Policies.statefulServer(), { authenticator })
        const clients = numbersBelow(8).map(() => stage.add(CLIENT, Policies.losslessClient()))
        for (const client of clients) dial(client, server).sendMessage(ping(1))
        await until(() => asked.length === clients.length)
        await Promise.all(clients.slice(4).map(({ messenger }) => messenger.shutdown()))
        const ended = server.messenger.shutdown()
        for (const answer of asked) answer()
        await ended
        expect(server.messenger.connectionCount).toBe(0)
        expect(server.recorder.events).toEqual([])
        expect(clients.slice(4).map(({ messenger }) => messenger.connectionCount)).toEqual([0, 0, 0, 0])
      }),
    )

    test(
      'connections that are still connecting can be closed, all at once, and made anew',
      staged(async (stage) => {
        const servers = [
          await stage.addBound(OSD_0, Policies.statefulServer()),
          await stage.addBound(OSD_1, Policies.statefulServer()),
        ]
        const client = stage.add(CLIENT, Policies.losslessClient())
        for (const server of servers) dial(client, server).sendMessage(ping(1))
        client.messenger.markDownAll()
        expect(client.messenger.connectionCount).toBe(0)
        await client.recorder.untilEvent('reset', 2)
        for (const server of servers) {
          answerAll(server)
          dial(client, server).sendMessage(ping(2))
        }
        await client.recorder.untilMessages(2)
        expect(servers.map(({ recorder }) => recorder.tids)).toEqual([[2], [2]])
        expect(client.recorder.count('reset')).toBe(2)
      }),
    )

    if (kind.takesTimers) {
      test(
        'a connection that waits to try again can be closed, and tries no more',
        staged(async (stage) => {
          const gone = await stage.addBound(OSD_0, Policies.statefulServer())
          const timers = new CountedTimers()
          const client = stage.add(CLIENT, Policies.losslessClient(), { timers })
          await gone.messenger.shutdown()
          const connection = dial(client, gone)
          connection.sendMessage(ping(1))
          await client.recorder.untilEvent('refused', 2)
          await until(() => timers.pendingCount === 1) // the next attempt
          connection.markDown()
          expect([connection.queuedCount, client.messenger.connectionCount, timers.pendingCount]).toEqual([0, 0, 0])
        }),
      )
    }

    test(
      'a keepalive wakes a connection that stands by',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessPeer())
        answerAll(server)
        const connection = dial(client, server)
        connection.sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        await until(() => connection.unackedCount === 0)
        server.recorder.messages[0]?.connection?.markDown()
        await until(() => client.log.some(({ text }) => text.endsWith('; waiting')))
        connection.sendKeepalive()
        await client.recorder.untilEvent('connect', 2)
        await until(() => connection.lastKeepaliveAckMs !== undefined)
      }),
    )

    test(
      'a throttle of bytes is given back by connections that close with messages in it',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const throttle = new Throttle(25_000)
        server.messenger.setPolicyThrottlers(CLIENT.type, { bytes: throttle })
        const release = holdUp(server)
        const clients = numbersBelow(3).map(() => stage.add(CLIENT, Policies.losslessClient()))
        const sent = clients.map((client) => dial(client, server))
        for (const connection of sent) {
          for (const tid of [0, 1]) connection.sendMessage(ping(tid, new Uint8Array(10_000)))
        }
        await until(() => throttle.current === 20_000 && sent.every(({ queuedCount }) => queuedCount === 0))
        server.messenger.markDownAll()
        release()
        await Promise.all(clients.map(({ recorder }) => recorder.untilEvent('remoteReset')))
        await until(() => throttle.current === 0 && throttle.waiterCount === 0)
        const countBefore = server.recorder.messages.length
        for (const client of clients) dial(client, server).sendMessage(ping(2, new Uint8Array(20_000)))
        await server.recorder.untilMessages(countBefore + clients.length)
        await until(() => throttle.current === 0)
      }),
    )
  })
}
