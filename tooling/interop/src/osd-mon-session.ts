import { AuthRefusedError, type AuthClient, type MonLogin } from '@msgr/auth'
import {
  EntityType,
  type Connection,
  type Dispatcher,
  type EntityAddr,
  type Message,
  type Messenger,
} from '@msgr/messenger'
import { MAuth, MAuthReply } from '@msgr/mon-client'

/** What an OSD's session with its monitor is made with. */
export interface OsdMonSessionOptions {
  /** The OSD's public one: the monitor takes its address for where clients find the OSD. */
  readonly messenger: Messenger
  readonly monAddr: EntityAddr
  readonly auth: AuthClient
  /** The login is over. What was said on an earlier connection must be said again. */
  readonly opened: () => void
  /** The monitor will not have us. */
  readonly refused: (error: AuthRefusedError) => void
}

/**
 * The connection of an OSD to one monitor: dials it, logs in, and dials again whenever it breaks. Over version 1 of the
 * wire the login is a dialogue of messages; over version 2 it is over when the connection is open.
 * Ceph: src/mon/MonClient.cc, MonConnection
 */
export class OsdMonSession implements Dispatcher {
  readonly #options: OsdMonSessionOptions
  #connection: Connection | undefined
  #login: MonLogin | undefined
  #isOpen = false
  #isClosed = false

  constructor(options: OsdMonSessionOptions) {
    this.#options = options
    options.messenger.addDispatcherHead(this)
  }

  open(): void {
    const { messenger, monAddr, auth } = this.#options
    this.#isOpen = false
    this.#connection = messenger.getConnection({ type: EntityType.mon, addr: monAddr })
    if (monAddr.type !== 'v1') return
    this.#login = auth.login(Date.now())
    this.#connection.sendMessage(new MAuth({ payload: this.#login.offer() }))
  }

  /** Says nothing more, and dials no more. */
  close(): void {
    this.#isClosed = true
    this.#connection?.markDown()
  }

  /** Sends, if the login is over; what is not sent is lost: `opened` is the moment to say it. */
  send(message: Message): void {
    if (this.#isOpen) this.#connection?.sendMessage(message)
  }

  msDispatch(message: Message): boolean {
    if (!(message instanceof MAuthReply)) return false
    if (message.connection === this.#connection) this.#loginAnswered(message)
    return true
  }

  msHandleConnect(connection: Connection): void {
    if (connection === this.#connection && this.#options.monAddr.type !== 'v1') this.#opened()
  }

  msHandleReset(connection: Connection): boolean | undefined {
    if (connection !== this.#connection) return undefined
    if (!this.#isClosed) this.open()
    return true
  }

  #loginAnswered({ fields }: MAuthReply): void {
    const login = this.#login
    if (login === undefined) return
    try {
      const step = login.reply(fields, Date.now())
      if (step.kind === 'send') {
        this.#connection?.sendMessage(new MAuth({ protocol: step.protocol, payload: step.payload }))
        return
      }
      this.#login = undefined
      this.#opened()
    } catch (error) {
      if (!(error instanceof AuthRefusedError)) throw error
      this.#options.refused(error)
    }
  }

  #opened(): void {
    this.#isOpen = true
    this.#options.opened()
  }
}
