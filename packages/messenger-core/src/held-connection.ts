import type { Connection, Message } from '@msgr/message'

/** A connection as the messenger that it belongs to sees it. */
export interface HeldConnection extends Connection {
  /** Sets it going. Called once, when it can be found. */
  begin(): void
  /** Ends it as an error would: the dispatchers are told, if they knew of it. */
  reset(): void
  /** A message that came on it has been dispatched or dropped: gives back what that held of the throttles. */
  releaseThrottles(message: Message): void
}
