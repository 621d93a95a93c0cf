import { describe, expect, test } from 'vitest'
import { cEpollEnds } from '../src/c-epoll-ends.ts'
import { echoCases } from '../src/echo-case.ts'
import { EchoContestant } from '../src/echo-contestant.ts'
import { C_EPOLL, echoSubjectNames } from '../src/echo-subjects.ts'
import { endsInProcess } from './in-process.ts'

const PLAN = { roundCount: 2, settleMs: 10, warmUpMs: 5, measureMs: 20 }
const shapes = [...echoCases, { name: '64B-c50', payloadBytes: 64, connectionCount: 50, depth: 1 }]
/** Sessions of cephx have but one identity, and OSDs hold but one session. */
const ofOneConnection = 'async-messenger-v2-secure'

for (const name of echoSubjectNames) {
  const openEnds = name === C_EPOLL ? cEpollEnds : endsInProcess
  const tried = openEnds()
  const listening = await tried.server.ask('listen', name)
  await tried.server.ask('close', null)
  await tried.stop()
  const isMissing = 'unavailable' in listening
  const suffix = isMissing ? ` (skipped: ${listening.unavailable})` : ''

  describe.skipIf(isMissing)(`an echo over ${name}${suffix}`, () => {
    test.each(shapes)('returns every message whole and in order: $name', async (echoCase) => {
      if (echoCase.connectionCount > 1 && name === ofOneConnection) return
      const ends = openEnds()
      const contestant = new EchoContestant(name, ends, echoCase, PLAN)
      expect(await contestant.open()).toBeUndefined()
      await contestant.run(PLAN.settleMs)
      const figures = await contestant.run(PLAN.measureMs)
      await contestant.close()
      await ends.stop()
      expect(figures).toEqual({
        msgsPerSecond: expect.any(Number) as number,
        p50Micros: expect.any(Number) as number,
        p99Micros: expect.any(Number) as number,
        p999Micros: expect.any(Number) as number,
        latencies: expect.any(String) as string,
        clientCpuMicrosPerMsg: expect.any(Number) as number,
        serverCpuMicrosPerMsg: expect.any(Number) as number,
      })
      const numbers = Object.values(figures).filter((figure) => typeof figure === 'number')
      for (const figure of numbers) expect(figure).toBeGreaterThanOrEqual(0)
    })
  })
}
