import type { EntityAddr } from '@msgr/message'
import { MessengerError } from './errors.ts'
import type { MessengerOptions } from './messenger-options.ts'
import type { Timers } from './timers.ts'

/** A socket that waits for peers. */
export interface Listener {
  /** Where it really listens, and in which version of the protocol; its nonce is the messenger's to set. */
  readonly addr: EntityAddr
  /** Begins to accept. Peers that came before wait until then. */
  start(): void
  /** Stops, and resolves once the port is free. */
  close(): Promise<void>
}

/**
 * Listens on `addr`, or, if it names no port, on the first free one of the range that the options give. If that fails
 * it tries again after a while, as often as the options say. Throws `MessengerError` with the last cause.
 *
 * Ceph: src/msg/async/AsyncMessenger.cc, Processor::bind; src/msg/simple/Accepter.cc, bind
 */
export async function bindInRange(
  addr: EntityAddr,
  how: { readonly options: MessengerOptions; readonly timers: Timers; readonly avoidPorts: ReadonlySet<number> },
  listen: (addr: EntityAddr) => Promise<Listener>,
): Promise<Listener> {
  const { options, timers } = how
  let lastError: unknown
  for (let attempt = 0; attempt < options.bindRetryCount; attempt++) {
    if (attempt > 0) {
      await new Promise<void>((resolve) => {
        timers.after(options.bindRetryDelayMs, resolve)
      })
    }
    for (const port of portsToTry(addr.port, how)) {
      try {
        return await listen(addr.with({ port }))
      } catch (error) {
        // What the messenger itself cannot do it cannot do at another port either.
        if (error instanceof MessengerError) throw error
        lastError = error
      }
    }
  }
  const { bindPortMin, bindPortMax } = options
  const where = addr.port === 0 ? `${addr.host} on any port from ${bindPortMin} to ${bindPortMax}` : addr.toString()
  const reason = lastError instanceof Error ? lastError.message : 'every port is to be avoided'
  throw new MessengerError('ERR_MSGR_BIND', `cannot listen at ${where}: ${reason}`, lastError)
}

function* portsToTry(
  wanted: number,
  how: { readonly options: MessengerOptions; readonly avoidPorts: ReadonlySet<number> },
): Generator<number> {
  if (wanted !== 0) {
    yield wanted
    return
  }
  for (let port = how.options.bindPortMin; port <= how.options.bindPortMax; port++) {
    if (!how.avoidPorts.has(port)) yield port
  }
}
