import { MessageRegistry, type EntityName, type MessageClass } from '@msgr/message'
import type { Authenticator } from './authenticator.ts'
import { silentLogger, type Logger } from './logger.ts'
import { resolveMessengerOptions, type MessengerOptions } from './messenger-options.ts'
import { NoneAuthenticator } from './none-authenticator.ts'
import { nodeTimers, type Timers } from './timers.ts'
import { MessengerError } from './errors.ts'

/** What a messenger is made with: any of the options, and the parts below. */
export interface MessengerSettings extends Partial<MessengerOptions> {
  /** Tells this incarnation from an earlier one at the same address. u32; random by default. */
  readonly nonce?: number
  /** Message classes that peers may send, besides `MPing`. */
  readonly messages?: Iterable<MessageClass>
  readonly logger?: Logger
  /** Method "none" by default, which refuses no one. */
  readonly authenticator?: Authenticator
  readonly timers?: Timers
}

/** The same, complete and checked. */
export interface MessengerParts {
  readonly options: MessengerOptions
  readonly nonce: number
  readonly registry: MessageRegistry
  readonly logger: Logger
  readonly authenticator: Authenticator
  readonly timers: Timers
}

/** Fills in what was not given. Throws `MessengerError` for a key it does not know or a bad value. */
export function resolveMessengerSettings(name: EntityName, settings: MessengerSettings): MessengerParts {
  const { nonce = randomNonce(), messages = [], logger, authenticator, timers, ...rest } = settings
  if (!Number.isInteger(nonce) || nonce < 0 || nonce > 0xffffffff) {
    throw new MessengerError('ERR_MSGR_OPTION', `nonce: expected a u32, got ${nonce}`)
  }
  return {
    options: resolveMessengerOptions(rest),
    nonce,
    registry: new MessageRegistry(messages),
    logger: logger ?? silentLogger,
    authenticator: authenticator ?? new NoneAuthenticator(name),
    timers: timers ?? nodeTimers,
  }
}

function randomNonce(): number {
  return Math.floor(Math.random() * 0x1_0000_0000)
}
