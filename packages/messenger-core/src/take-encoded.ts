import type { Session } from '@msgr/msgr-protocol'
import type { Logger } from './logger.ts'

/**
 * What a session has to write. Whoever writes is no one to be told that an application's message cannot be encoded: it
 * is dropped, and the log says so. One that has to be sent again cannot be dropped, as the peer waits for its number:
 * then the error is what comes back, and the transport is of no more use.
 */
export function takeEncoded(session: Session, maxBytes: number, logger: Logger): Uint8Array[] | Error {
  for (;;) {
    const { length } = session.queue
    try {
      return session.takeOutput(maxBytes)
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause))
      logger(0, `${session.facts.peerAddr.toString()}: a message cannot be encoded: ${error.message}`)
      if (session.queue.length >= length) return error
    }
  }
}
