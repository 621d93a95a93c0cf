import { once } from 'node:events'
import { createServer } from 'node:net'

/** From the first to the last, both included. */
export interface PortRange {
  readonly min: number
  readonly max: number
}

/** Blocks of ports side by side, each with one more before it that says whether it is taken. */
export interface PortBlocks {
  readonly firstPort: number
  readonly portCount: number
  readonly blockCount: number
}

/** Above those that Ceph takes, and below those that the system gives to who dials. */
const BLOCKS_OF_TESTS: PortBlocks = { firstPort: 10_000, portCount: 50, blockCount: 190 }

/**
 * Ports that no other process of tests has for as long as this one runs. Where a test ends a messenger and then expects
 * nobody at its address, or binds another one there, it must not meet the messenger of somebody else. Throws if there
 * are no more.
 */
export function takePorts(): Promise<PortRange> {
  return takePortBlock(BLOCKS_OF_TESTS)
}

/** A block that is taken by nobody, and by this process from now on. Throws if there is none. */
export async function takePortBlock({ firstPort, portCount, blockCount }: PortBlocks): Promise<PortRange> {
  for (let count = 0; count < blockCount; count++) {
    const guardPort = firstPort + ((process.pid + count) % blockCount) * (portCount + 1)
    if (await stayAt(guardPort)) return { min: guardPort + 1, max: guardPort + portCount }
  }
  throw new Error(`expected ${portCount} ports that no other process has, got none from ${firstPort} on`)
}

/** Listens there until the process ends. False if somebody else does. */
async function stayAt(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false
    throw error
  }
  server.unref()
  return true
}
