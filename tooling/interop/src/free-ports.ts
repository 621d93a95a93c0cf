import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { takePortBlock, type PortBlocks, type PortRange } from '@msgr-tooling/vitest-preset/own-ports'

/** Above those that other tests take, and below those that the system gives to sockets by itself. */
const BLOCKS: PortBlocks = { firstPort: 20_000, portCount: 600, blockCount: 21 }

let block: Promise<PortRange> | undefined
let given = 0

/**
 * The first of so many free ports in a row on this host. No other process gives them out as long as this one runs, also
 * while the daemons that they are for do not listen yet. Throws if there are no more.
 */
export async function takePorts(host: string, count: number): Promise<number> {
  block ??= takePortBlock(BLOCKS)
  const { min, max } = await block
  for (;;) {
    const first = min + given
    given += count
    if (min + given > max + 1) throw new Error(`expected ${count} more ports for this process, got none`)
    const attempts = await Promise.allSettled(Array.from({ length: count }, (_, i) => listen(host, first + i)))
    const servers = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
    await Promise.all(servers.map(close))
    if (servers.length === count) return first
  }
}

async function listen(host: string, port: number): Promise<Server> {
  const server = createServer().listen(port, host)
  await once(server, 'listening')
  return server
}

async function close(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}
