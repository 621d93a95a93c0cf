import { AuthMethod, type AuthClient, type MonLogin } from '@msgr/auth'
import { EntityType, type Connection, type Message, type SendResult } from '@msgr/message'
import { type Messenger } from '@msgr/messenger'
import { type Timers } from '@msgr/messenger-core'
import { type MAuthReplyFields } from './m-auth-reply.ts'
import { MAuth } from './m-auth.ts'
import { type MonTarget } from './mon-target.ts'

/** Who has sessions with monitors. */
export interface MonSessionOwner {
  readonly messenger: Messenger
  readonly auth: AuthClient
  readonly timers: Timers
  /** Of the map of monitors that we have; 0 without. */
  readonly monMapEpoch: number
  /** The monitor knows who we are: it may be asked for anything. */
  sessionOpened(session: MonSession): void
  /** It is over. Comes at most once, and not after `close`. */
  sessionLost(session: MonSession, reason: Error): void
}

/** Takes the answer to an MAuth; what it throws ends the session. */
type TakeAuthReply = (reply: MAuthReplyFields) => void

interface AuthExchange {
  readonly payload: Uint8Array
  readonly take: TakeAuthReply
}

/**
 * One connection to one monitor, from dialling to its end: connected, logged in, lost. Over version 1 of the wire the
 * login is a dialogue of messages on the open connection; over version 2 it is part of the handshake, so that a
 * connection that opens is logged in already. Ceph: src/mon/MonClient.cc, MonConnection
 */
export class MonSession {
  readonly target: MonTarget
  readonly connection: Connection
  readonly #owner: MonSessionOwner
  #state: 'connecting' | 'loggingIn' | 'open' | 'over' = 'connecting'
  #login: MonLogin | undefined
  /** The first of them is under way. */
  readonly #exchanges: AuthExchange[] = []

  private constructor(owner: MonSessionOwner, target: MonTarget, connection: Connection) {
    this.#owner = owner
    this.target = target
    this.connection = connection
  }

  /** Dials a monitor: over version 2 of the wire, if it has an address of that. Throws `MessengerError`. */
  static dial(owner: MonSessionOwner, target: MonTarget): MonSession {
    const peer = { type: EntityType.mon, addr: target.addrs }
    return new MonSession(owner, target, owner.messenger.getConnection(peer, { anonymous: true }))
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** The connection is open. */
  connected(): void {
    if (this.#state !== 'connecting') return
    if (this.connection.peerAddr.type !== 'v1') {
      this.#opened()
      return
    }
    this.#state = 'loggingIn'
    const { auth, timers } = this.#owner
    this.#login = auth.login(timers.wallNow())
    this.#sendAuth(AuthMethod.unknown, this.#login.offer())
  }

  /** An answer to an MAuth: a step of the login, or to `exchange`. */
  receiveAuthReply(reply: MAuthReplyFields): void {
    if (this.#state === 'loggingIn') {
      this.#continueLogin(reply)
      return
    }
    const exchange = this.#exchanges.shift()
    const next = this.#exchanges[0]
    if (next !== undefined) this.#sendAuth(AuthMethod.cephx, next.payload)
    exchange?.take(reply)
  }

  /** Asks the open session's monitor for tickets or secrets. One after the other, as answers do not say to what. */
  exchange(payload: Uint8Array, take: TakeAuthReply): void {
    this.#exchanges.push({ payload, take })
    if (this.#exchanges.length === 1) this.#sendAuth(AuthMethod.cephx, payload)
  }

  send(message: Message): SendResult {
    return this.connection.sendMessage(message)
  }

  /** Ends the session, and tells its owner. */
  lose(reason: Error): void {
    if (this.#state === 'over') return
    this.close()
    this.#owner.sessionLost(this, reason)
  }

  /** Ends the session without a word. */
  close(): void {
    this.#state = 'over'
    this.connection.markDown()
  }

  #continueLogin(reply: MAuthReplyFields): void {
    if (this.#login === undefined) throw new Error('expected a login to be under way')
    const step = this.#login.reply(reply, this.#owner.timers.wallNow())
    if (step.kind === 'send') {
      this.#sendAuth(step.protocol, step.payload)
      return
    }
    this.#opened()
  }

  #opened(): void {
    this.#state = 'open'
    this.#login = undefined
    this.#owner.sessionOpened(this)
  }

  #sendAuth(protocol: number, payload: Uint8Array): void {
    this.connection.sendMessage(new MAuth({ protocol, payload, monMapEpoch: this.#owner.monMapEpoch }))
  }
}
