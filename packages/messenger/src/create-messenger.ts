import { AsyncMessenger, nativeTools, type AsyncMessengerSettings } from '@msgr/async-messenger'
import type { EntityName } from '@msgr/message'
import type { Messenger, MessengerSettings } from '@msgr/messenger-core'
import { SimpleMessenger } from '@msgr/simple-messenger'

/** Which messenger to make: `'async'` is the faster one and needs Linux; `'simple'` runs wherever Node does. */
export type CreateMessengerSettings =
  ({ readonly type: 'simple' } & MessengerSettings) | ({ readonly type: 'async' } & AsyncMessengerSettings)

/**
 * Makes a messenger under a name. Checksums and encryption are native for either type, where there is a native part. Throws `MessengerError` for settings that make no sense, and with the code
 * `ERR_MSGR_ASYNC_UNAVAILABLE` where there is no native part for `'async'`.
 */
export function createMessenger(name: EntityName, settings: CreateMessengerSettings): Messenger {
  const { type, ...rest } = settings
  return type === 'simple' ? new SimpleMessenger(name, rest, nativeTools()) : new AsyncMessenger(name, rest)
}
