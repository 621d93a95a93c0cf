import type { Dispatcher, EntityAddr, Message, Messenger } from '@msgr/messenger'
import type { Line, LineEvents } from './line.ts'
import { OsdMonSession } from './osd-mon-session.ts'
import type { OsdIdentity } from './osd-identity.ts'

/** The line to a monitor, who listens to those only that have logged in. */
export class MonLine implements Line, Dispatcher {
  readonly #session: OsdMonSession
  #events: LineEvents | undefined

  constructor(messenger: Messenger, monAddr: EntityAddr, identity: Pick<OsdIdentity, 'auth'>) {
    this.#session = new OsdMonSession({
      messenger,
      monAddr,
      identity: { auth: identity.auth, secrets: undefined },
      opened: () => {
        this.#events?.opened()
      },
      lost: () => {
        this.#events?.lost()
      },
      refused: (error) => {
        this.#events?.failed(error)
      },
    })
    messenger.addDispatcherTail(this)
  }

  /** Dials. */
  report(events: LineEvents): void {
    this.#events = events
    this.#session.open()
  }

  /** Dials no more. */
  close(): void {
    this.#session.close()
  }

  send(message: Message): void {
    this.#session.send(message)
  }

  msDispatch(message: Message): boolean {
    this.#events?.received(message)
    return true
  }
}
