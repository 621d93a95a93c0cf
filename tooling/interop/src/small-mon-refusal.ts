import { AuthResult, type Keyring, type PrincipalName } from '@msgr/auth'
import { BufferList, type Codec } from '@msgr/bufferlist'

/** What a monitor writes down when it turns somebody away, who is not told that. `name` as far as it is known. */
export function describeRefusal(keyring: Keyring, name: PrincipalName | undefined, result: number): string {
  const who = name === undefined ? 'somebody' : name.toString()
  return `${who}: refused: ${reasonOf(keyring, name, result)}`
}

function reasonOf(keyring: Keyring, name: PrincipalName | undefined, result: number): string {
  if (result === AuthResult.notSupported) return 'it offers no method of ours'
  if (name === undefined) return 'what it says makes no sense'
  return keyring.find(name) === undefined ? 'there is no key of that name' : 'it does not know its key'
}

/** Who a login says that it is of; `undefined` if it makes no sense. */
export function nameIn(payload: Uint8Array, codec: Codec<{ readonly name: PrincipalName }>): PrincipalName | undefined {
  try {
    return codec.decode(new BufferList(payload).cursor()).name
  } catch {
    return undefined
  }
}
