import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Below those that the system gives to sockets by itself. */
const FIRST_PORT = 20_000
const PORTS_OF_A_BLOCK = 600
const BLOCK_COUNT = 21
const GUARD_HOST = '127.0.0.1'

let block: Promise<number> | undefined
let given = 0

/**
 * The first of so many free ports in a row on this host. No other process gives them out as long as this one runs, also
 * while the daemons that they are for do not listen yet. Throws if there are no more.
 */
export async function takePorts(host: string, count: number): Promise<number> {
  block ??= claimBlock()
  const firstOfBlock = await block
  for (;;) {
    const first = firstOfBlock + given
    given += count
    if (given > PORTS_OF_A_BLOCK) throw new Error(`expected ${count} more ports for this process, got none`)
    const attempts = await Promise.allSettled(Array.from({ length: count }, (_, i) => listen(host, first + i)))
    const servers = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
    await Promise.all(servers.map(close))
    if (servers.length === count) return first
  }
}

/** The first port after the one that stands guard for the block: whoever listens there has the block. */
async function claimBlock(): Promise<number> {
  for (let i = 0; i < BLOCK_COUNT; i++) {
    const guardPort = FIRST_PORT + i * (PORTS_OF_A_BLOCK + 1)
    try {
      const guard = await listen(GUARD_HOST, guardPort)
      guard.unref()
      return guardPort + 1
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    }
  }
  throw new Error(`expected a block of ports that no other process has, got none of ${BLOCK_COUNT}`)
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
