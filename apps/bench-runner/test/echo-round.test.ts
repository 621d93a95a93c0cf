import { describe, expect, test } from 'vitest'
import { echoCases } from '../src/echo-case.ts'
import { runEchoRound } from '../src/echo-round.ts'
import { echoServerAnswers } from '../src/echo-server.ts'
import { echoSubjects } from '../src/echo-subjects.ts'
import { endsInProcess } from './in-process.ts'

const TIMING = {
  warmUp: { messageCount: 20, durationMs: Infinity },
  measure: { messageCount: 300, durationMs: Infinity },
}

for (const { name } of echoSubjects) {
  const server = echoServerAnswers()
  const listening = await server.listen(name)
  await server.close(null)
  const isMissing = 'unavailable' in listening
  const suffix = isMissing ? ` (skipped: ${listening.unavailable})` : ''

  describe.skipIf(isMissing)(`an echo over ${name}${suffix}`, () => {
    test.each(echoCases)('returns every message whole and in order: $name', async (echoCase) => {
      const figures = await runEchoRound(endsInProcess(), name, echoCase, TIMING)
      expect(figures).toEqual({
        msgsPerSecond: expect.any(Number) as number,
        p50Micros: expect.any(Number) as number,
        p99Micros: expect.any(Number) as number,
        clientCpuMicrosPerMsg: expect.any(Number) as number,
        serverCpuMicrosPerMsg: expect.any(Number) as number,
      })
      for (const figure of Object.values(figures)) expect(figure).toBeGreaterThan(0)
    })
  })
}
