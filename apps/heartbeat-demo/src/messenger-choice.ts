import { createMessenger, type EntityName, type Messenger, type MessengerSettings } from '@msgr/messenger'

/** Which messenger carries everything. The driver matters to the async one alone. */
export interface MessengerChoice {
  readonly type: 'simple' | 'async'
  readonly driver: 'epoll' | 'select'
}

/** The faster messenger where it exists, the other one elsewhere. */
export const DEFAULT_MESSENGER_TYPE: MessengerChoice['type'] = process.platform === 'linux' ? 'async' : 'simple'

/** Makes a messenger of the kind that was chosen. */
export function makeMessenger(name: EntityName, choice: MessengerChoice, settings: MessengerSettings): Messenger {
  if (choice.type === 'simple') return createMessenger(name, { type: 'simple', ...settings })
  return createMessenger(name, { type: 'async', driver: choice.driver, ...settings })
}

/** `simple`, `async (epoll)` or `async (select)`. */
export function formatMessengerChoice({ type, driver }: MessengerChoice): string {
  return type === 'simple' ? 'simple' : `async (${driver})`
}
