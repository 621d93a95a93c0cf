import { KeyError } from './errors.ts'
import { type PortableSecurityData, SessionSecurity } from './session-security.ts'

/**
 * Makes the data of `SessionSecurity.portable` the same again, on whatever thread. Throws `KeyError` for anything else,
 * without telling any of it.
 */
export function restoreSecurity(data: unknown): SessionSecurity {
  if (!isPortable(data)) {
    throw new KeyError('portable security: expected the data of SessionSecurity.portable, got something else')
  }
  return SessionSecurity.from(data)
}

function isPortable(data: unknown): data is PortableSecurityData {
  if (typeof data !== 'object' || data === null) return false
  const { keyType, secret, connectionSecret, signMessages }: Partial<Record<keyof PortableSecurityData, unknown>> = data
  return (
    typeof keyType === 'number' &&
    secret instanceof Uint8Array &&
    connectionSecret instanceof Uint8Array &&
    typeof signMessages === 'boolean'
  )
}
