import { createMessenger, EntityAddr } from '@msgr/messenger'
import type { AsyncMessengerSettings, EntityName, Messenger, MessengerSettings } from '@msgr/messenger'
import { clusterAuthenticator } from './cluster-authenticator.ts'

/** Which messenger carries everything, and who is let in. Driver and threads matter to the async one alone. */
export interface MessengerChoice {
  readonly type: 'simple' | 'async'
  readonly driver: 'epoll' | 'select'
  /** How many threads the connections of each async messenger live on; 0, which is the default, for none. */
  readonly opThreads?: number
  /** The version of the protocol to listen in. */
  readonly wire: 'v1' | 'v2'
  /** The ports to listen at where no port is given; else those of Ceph. */
  readonly ports?: PortRange
  /** With cephx everybody proves who he is, by a secret that is in the keyring: a path, of which all know. */
  readonly auth: { readonly method: 'none' } | { readonly method: 'cephx'; readonly keyring: string }
}

/** From the first to the last, both included. */
export interface PortRange {
  readonly min: number
  readonly max: number
}

/** What dispatches on the threads, where there are some. */
export type FastDispatcherSettings = Pick<AsyncMessengerSettings, 'fastDispatcher' | 'fastDispatcherData'>

/** The faster messenger where it exists, the other one elsewhere. */
export const DEFAULT_MESSENGER_TYPE: MessengerChoice['type'] = process.platform === 'linux' ? 'async' : 'simple'

/**
 * Makes a messenger of the kind that was chosen. Throws `KeyringError` for a keyring that cannot be read or that does
 * not know the name.
 */
export function makeMessenger(
  name: EntityName,
  choice: MessengerChoice,
  settings: MessengerSettings,
  fast: FastDispatcherSettings = {},
): Messenger {
  const all = {
    ...(choice.auth.method === 'none' ? {} : proven(name, choice.auth.keyring)),
    ...(choice.ports === undefined ? {} : { bindPortMin: choice.ports.min, bindPortMax: choice.ports.max }),
    ...settings,
  }
  if (choice.type === 'simple') return createMessenger(name, { type: 'simple', ...all })
  const { driver, opThreads = 0 } = choice
  return createMessenger(name, { type: 'async', driver, ...(opThreads > 0 ? { opThreads, ...fast } : {}), ...all })
}

/** Any port of this host. */
export function anyPort({ wire }: Pick<MessengerChoice, 'wire'>): EntityAddr {
  return EntityAddr.fromIp(wire, '127.0.0.1', 0)
}

/** `simple`, `async (epoll, 2 threads)` or `async (select), v2, cephx`. */
export function formatMessengerChoice({ type, driver, opThreads = 0, wire, auth }: MessengerChoice): string {
  const threads = opThreads === 0 ? '' : opThreads === 1 ? ', 1 thread' : `, ${opThreads} threads`
  const kind = type === 'simple' ? 'simple' : `async (${driver}${threads})`
  const further = [...(wire === 'v1' ? [] : [wire]), ...(auth.method === 'none' ? [] : [auth.method])]
  return [kind, ...further].join(', ')
}

/** Whoever is turned away is worth a word. */
function proven(name: EntityName, keyring: string): MessengerSettings {
  return {
    authenticator: clusterAuthenticator(name, keyring),
    logger: (level, text) => {
      if (level <= 0) process.stderr.write(`${name.toString()}: ${text}\n`)
    },
  }
}
