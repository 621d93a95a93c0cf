import { AuthClient, AuthService, CephxAuthenticator, RotatingKeys } from '@msgr/auth'
import type { AuthRefusedError, CryptoKey, PrincipalName } from '@msgr/auth'
import { EntityType, type Authenticator } from '@msgr/messenger'

/** Who an OSD is: to its monitor, to those it dials, and how it judges those who dial it. */
export interface OsdIdentity {
  readonly auth: AuthClient
  /** What opens the tickets of those who dial it, once the monitor has told. */
  readonly secrets: RotatingKeys | undefined
  /** For its messengers; `undefined` for method none, which is what they have by themselves. */
  readonly authenticator: Authenticator | undefined
}

/**
 * With a key it proves by cephx who it is, and wants the same of its peers; without, all are believed. `onLoginRefused`
 * is told of what the monitor refuses over version 2 of the wire, where that is no message. `renew` gets new tickets when
 * there is none that is good: an OSD that has just begun refuses those it gets.
 */
export function identifyOsd(
  name: PrincipalName,
  key: CryptoKey | undefined,
  onLoginRefused: (error: AuthRefusedError) => void,
  renew?: () => Promise<void>,
): OsdIdentity {
  if (key === undefined) return { auth: new AuthClient(name), secrets: undefined, authenticator: undefined }
  const auth = new AuthClient(name, { key })
  const secrets = new RotatingKeys({ ownKey: key })
  const service = new AuthService(EntityType.osd, { secrets })
  const options = { client: auth, service, onLoginRefused, ...(renew !== undefined && { renew }) }
  return { auth, secrets, authenticator: new CephxAuthenticator(options) }
}
