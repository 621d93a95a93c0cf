import { createMessenger, type EntityName, type Messenger, type MessengerSettings } from '@msgr/messenger'
import type { MessengerChoice } from '@msgr-apps/heartbeat-demo'

/** Every messenger there is, each with each of its drivers. */
export const messengerKinds: readonly {
  readonly kind: string
  /** The options of the heartbeat command that choose it. */
  readonly flags: readonly string[]
  /** The same, for the parts of that command. */
  readonly choice: MessengerChoice
  readonly create: (name: EntityName, settings?: MessengerSettings) => Messenger
}[] = [
  {
    kind: 'simple',
    flags: ['--messenger', 'simple'],
    choice: { type: 'simple', driver: 'epoll', wire: 'v1', auth: { method: 'none' } },
    create: (name, settings) => createMessenger(name, { type: 'simple', ...settings }),
  },
  {
    kind: 'async on epoll',
    flags: ['--messenger', 'async', '--driver', 'epoll'],
    choice: { type: 'async', driver: 'epoll', wire: 'v1', auth: { method: 'none' } },
    create: (name, settings) => createMessenger(name, { type: 'async', driver: 'epoll', ...settings }),
  },
  {
    kind: 'async on select',
    flags: ['--messenger', 'async', '--driver', 'select'],
    choice: { type: 'async', driver: 'select', wire: 'v1', auth: { method: 'none' } },
    create: (name, settings) => createMessenger(name, { type: 'async', driver: 'select', ...settings }),
  },
]
