import { AuthMethod, AuthRefusedError, type MonLogin, type RotatingSecretsFetch } from '@msgr/auth'
import {
  EntityType,
  type Connection,
  type Dispatcher,
  type EntityAddr,
  type Message,
  type Messenger,
} from '@msgr/messenger'
import { MAuth, MAuthReply } from '@msgr/mon-client'
import type { OsdIdentity } from './osd-identity.ts'

/** What an OSD's session with its monitor is made with. */
export interface OsdMonSessionOptions {
  /** The OSD's public one: the monitor takes its address for where clients find the OSD. */
  readonly messenger: Messenger
  readonly monAddr: EntityAddr
  /** The monitor is asked for its secrets, if it has any, after each login. */
  readonly identity: Pick<OsdIdentity, 'auth' | 'secrets'>
  /** The login is over. What was said on an earlier connection must be said again. */
  readonly opened: () => void
  /** A connection is over; another one is being dialled. */
  readonly lost?: () => void
  /** The monitor will not have us. */
  readonly refused: (error: AuthRefusedError) => void
}

/**
 * The connection of an OSD to one monitor: dials it, logs in, and dials again whenever it breaks. Over version 1 of the
 * wire the login is a dialogue of messages; over version 2 it is over when the connection is open. It renews no tickets
 * and asks for its secrets once: both outlast any test, and with a new connection come new ones.
 * Ceph: src/mon/MonClient.cc, MonConnection
 */
export class OsdMonSession implements Dispatcher {
  readonly #options: OsdMonSessionOptions
  #connection: Connection | undefined
  #login: MonLogin | undefined
  #fetch: RotatingSecretsFetch | undefined
  #isOpen = false
  #isClosed = false

  constructor(options: OsdMonSessionOptions) {
    this.#options = options
    options.messenger.addDispatcherHead(this)
  }

  open(): void {
    const { messenger, monAddr, identity } = this.#options
    this.#isOpen = false
    this.#login = undefined
    this.#fetch = undefined
    this.#connection = messenger.getConnection({ type: EntityType.mon, addr: monAddr })
    if (monAddr.type !== 'v1') return
    this.#login = identity.auth.login(Date.now())
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
    if (message.connection !== this.#connection) return true
    if (this.#login !== undefined) this.#loginAnswered(this.#login, message)
    else if (this.#fetch !== undefined) this.#secretsCame(this.#fetch, message)
    return true
  }

  msHandleConnect(connection: Connection): void {
    if (connection === this.#connection && this.#options.monAddr.type !== 'v1') this.#loggedIn()
  }

  msHandleReset(connection: Connection): boolean | undefined {
    if (connection !== this.#connection) return undefined
    if (this.#isClosed) return true
    this.#options.lost?.()
    this.open()
    return true
  }

  #loginAnswered(login: MonLogin, { fields }: MAuthReply): void {
    try {
      const step = login.reply(fields, Date.now())
      if (step.kind === 'send') {
        this.#connection?.sendMessage(new MAuth({ protocol: step.protocol, payload: step.payload }))
        return
      }
      this.#login = undefined
      this.#loggedIn()
    } catch (error) {
      if (!(error instanceof AuthRefusedError)) throw error
      this.#refused(error)
    }
  }

  #loggedIn(): void {
    const { auth, secrets } = this.#options.identity
    if (secrets === undefined) {
      this.#opened()
      return
    }
    this.#fetch = auth.rotatingSecrets()
    this.#connection?.sendMessage(new MAuth({ protocol: AuthMethod.cephx, payload: this.#fetch.payload }))
  }

  #secretsCame(fetch: RotatingSecretsFetch, { fields: { result, payload } }: MAuthReply): void {
    this.#fetch = undefined
    if (result !== 0) {
      this.#refused(new AuthRefusedError(result, `the monitor gives no secrets: result ${result}`))
      return
    }
    this.#options.identity.secrets?.update(fetch.receive(payload))
    this.#opened()
  }

  /** Asking again would change nothing. */
  #refused(error: AuthRefusedError): void {
    this.close()
    this.#options.refused(error)
  }

  #opened(): void {
    this.#isOpen = true
    this.#options.opened()
  }
}
