import type { EntityAddr, EntityName } from '@msgr/message'
import type { Messenger, MessengerSettings } from '@msgr/messenger-core'

/** One way to make a messenger; every promise is checked for each. */
export interface MessengerKind {
  readonly name: string
  readonly create: (name: EntityName, settings?: MessengerSettings) => Messenger
  /** Where to bind: an address whose port is 0. */
  readonly bindAddr: EntityAddr
  /** Its sockets are real, so that a test may open one of its own. */
  readonly hasSockets: boolean
  /** Its sessions keep their time by the `timers` in the settings; those on threads have clocks of their own. */
  readonly takesTimers: boolean
}
