import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/**
 * Ports that no two clusters of a test run share: each worker of vitest gives out its own, in order, and all of them lie
 * below those that the system gives to sockets by itself.
 */
const FIRST_PORT = 20_000
const PORTS_OF_A_WORKER = 1000
const WORKER_COUNT = 12

let given = 0

/** The first of so many free ports in a row on this host. Throws if the worker has no more to give. */
export async function takePorts(host: string, count: number): Promise<number> {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKER_COUNT
  for (;;) {
    const first = FIRST_PORT + worker * PORTS_OF_A_WORKER + given
    given += count
    if (given > PORTS_OF_A_WORKER) throw new Error(`expected ${count} more ports for this worker, got none`)
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
