import { describe, expect, test } from 'vitest'
import { isAvailable } from '@msgr/posix'
import { pingFloodAnswers } from '../src/ping-flood.ts'
import { FSID, threadsServerAnswers } from '../src/threads-server.ts'

describe.skipIf(!isAvailable())('a flood of pings', () => {
  test.each([1, 2])('is answered by %i threads, as many as are sent', async (opThreads) => {
    const server = threadsServerAnswers()
    const listening = await server.listen({ role: 'pings', opThreads })
    if ('unavailable' in listening) throw new Error(listening.unavailable)
    const client = pingFloodAnswers()
    await client.connect({ address: listening.address, fsid: FSID, connectionCount: 4, depth: 8 })
    const figures = await client.run({ durationMs: 20 })
    expect(figures.pingCount).toBeGreaterThanOrEqual(32)
    expect(figures.elapsedMs).toBeGreaterThanOrEqual(20)
    expect(figures.idleShare).toBeGreaterThanOrEqual(0)
    expect(figures.idleShare).toBeLessThanOrEqual(1)
    await client.close(null)
    await server.close(null)
  })
})
