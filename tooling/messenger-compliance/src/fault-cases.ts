import { nextTurn, until } from '@msgr-tooling/vitest-preset/until'
import { Policies, type MessengerSettings } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { MessengerKind } from './messenger-kind.ts'
import { CLIENT, dial, numbersBelow, OSD_0, OSD_1, ping, Stage } from './stage.ts'

const COUNT = 1000

/** What the policies promise when sockets break. Ceph: src/test/msgr/test_msgr.cc, SyntheticInjectTest */
export function describeFaults(kind: MessengerKind): void {
  const staged = (run: (stage: Stage) => Promise<void>) => () => Stage.run(kind, run)

  describe('faults', () => {
    test.each([1, 2, 3])(
      'lossless peers, sockets cut on purpose, seed %i: every message arrives once, in order',
      (seed) =>
        Stage.run(kind, async (stage) => {
          const cut: MessengerSettings = { injectSocketFailures: 20, injectSeed: seed }
          const one = await stage.addBound(OSD_0, Policies.losslessPeer(), cut)
          const two = await stage.addBound(OSD_1, Policies.losslessPeer())
          const cutCount = (): number => one.log.filter(({ text }) => text.includes('cut on purpose')).length
          let count = 0
          // How many reads and writes messages take depends on the machine: until there were two cuts.
          while (cutCount() < 2) {
            await Promise.all([sendAll(one, two, count), sendAll(two, one, count)])
            count += COUNT
            await Promise.all([one.recorder.untilMessages(count), two.recorder.untilMessages(count)])
          }
          expect(one.recorder.tids).toEqual(numbersBelow(count))
          expect(two.recorder.tids).toEqual(numbersBelow(count))
        }),
    )

    test(
      'lossless client, stateful server: what is sent while the server is away arrives when it is back',
      staged(async (stage) => {
        const cut: MessengerSettings = { injectSocketFailures: 20, injectSeed: 5 }
        const server = await stage.addBound(OSD_0, Policies.statefulServer(), cut)
        const client = stage.add(CLIENT, Policies.losslessClient(), { ...cut, injectSeed: 6 })
        await sendAll(client, server)
        await server.recorder.untilMessages(COUNT)
        expect(server.recorder.tids).toEqual(numbersBelow(COUNT))
      }),
    )

    test(
      'messages held back on purpose keep their order, also when the socket breaks',
      staged(async (stage) => {
        const slow = { injectDelayType: 'osd client', injectDelayProbability: 0.1, injectDelayMaxMs: 3 }
        const server = await stage.addBound(OSD_0, Policies.losslessPeer(), { ...slow, injectSocketFailures: 50 })
        const client = await stage.addBound(OSD_1, Policies.losslessPeer(), { injectInternalDelaysMs: 2 })
        await sendAll(client, server)
        await server.recorder.untilMessages(COUNT)
        expect(server.recorder.tids).toEqual(numbersBelow(COUNT))
      }),
    )

    test(
      'lossy: what arrives is in order and never twice, and the sender is told of every loss',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer(), { injectSocketFailures: 10 })
        const client = stage.add(CLIENT, Policies.lossyClient())
        let tid = 0
        while (client.recorder.count('reset') < 5) {
          dial(client, server).sendMessage(ping(tid++))
          await nextTurn()
        }
        const { tids } = server.recorder
        expect(tids).toEqual([...new Set(tids)].sort((a, b) => a - b))
        expect(client.recorder.count('reset')).toBeLessThanOrEqual(client.recorder.count('connect'))
      }),
    )

    test(
      'once acknowledged, nothing is kept',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient())
        await sendAll(client, server)
        const connection = dial(client, server)
        await until(() => connection.unackedCount === 0 && connection.queuedCount === 0)
        expect(server.recorder.messages).toHaveLength(COUNT)
      }),
    )
  })
}

type Player = Awaited<ReturnType<Stage['addBound']>>

/** Sends numbered messages, a few in each turn of the event loop, so that reads, writes and faults come in between. */
async function sendAll(from: Player, to: Player, first = 0): Promise<void> {
  const connection = dial(from, to)
  for (let tid = first; tid < first + COUNT; tid++) {
    connection.sendMessage(ping(tid, new Uint8Array(tid % 97 === 0 ? 100_000 : tid % 64)))
    if (tid % 8 === 0) await nextTurn()
  }
}
