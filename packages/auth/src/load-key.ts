import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { CryptoKey } from './crypto-key.ts'
import { KeyError, KeyringError } from './errors.ts'
import { Keyring } from './keyring.ts'
import { keyringSearchPath } from './keyring-search-path.ts'
import { type PrincipalName } from './principal-name.ts'
import { secureRandom } from './random-bytes.ts'

/** Where a key comes from. */
export type KeySource =
  /** Keyring files: the first that is there counts. */
  | { readonly keyring: string | readonly string[] }
  /** The text of a keyring. */
  | { readonly text: string }
  /** The key itself, in base64. */
  | { readonly key: string }
  /** A file with nothing but the key, in base64. */
  | { readonly keyfile: string }
  /** Asked each time. */
  | { readonly ask: (name: PrincipalName) => CryptoKey | Promise<CryptoKey> }
  /** Where Ceph looks, for a cluster of this name. */
  | { readonly cluster: string }

/** Gets the key of a name. Throws `KeyringError` or `KeyError`; neither tells any of a key. */
export async function loadKey(name: PrincipalName, source: KeySource): Promise<CryptoKey> {
  if ('ask' in source) return source.ask(name)
  if ('key' in source) return CryptoKey.fromBase64(source.key)
  if ('text' in source) return Keyring.parse(source.text).keyOf(name)
  if ('keyfile' in source) return loadKeyfile(source.keyfile)
  const paths = 'cluster' in source ? keyringSearchPath(name, source.cluster) : [source.keyring].flat()
  for (const path of paths) {
    const keyring = await loadIfThere(path)
    if (keyring !== undefined) return keyring.keyOf(name, path)
  }
  throw new KeyringError({ path: paths.join(', ') }, `expected a keyring for ${name.toString()}, got no file`)
}

/** Reads a keyring file. Throws `KeyringError`, also if it cannot be read. */
export async function loadKeyring(path: string): Promise<Keyring> {
  return Keyring.parse(await read(path), { path })
}

/**
 * Writes a keyring file that only its owner can read. It is complete or not there: what was there before is replaced
 * at once. Throws `KeyringError`.
 */
export async function saveKeyring(path: string, keyring: Keyring): Promise<void> {
  const unfinished = `${path}.${Buffer.from(secureRandom(6)).toString('hex')}.new`
  try {
    await writeFile(unfinished, keyring.format(), { mode: 0o600, flag: 'wx' })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error instanceof KeyringError ? error : new KeyringError({ path }, 'cannot be written', error)
  }
}

async function loadKeyfile(path: string): Promise<CryptoKey> {
  const text = new TextDecoder().decode(await read(path))
  try {
    return CryptoKey.fromBase64(text)
  } catch (error) {
    throw error instanceof KeyError ? new KeyringError({ path, line: 1 }, error.message, error) : error
  }
}

async function loadIfThere(path: string): Promise<Keyring | undefined> {
  try {
    return await loadKeyring(path)
  } catch (error) {
    if (error instanceof KeyringError && isMissing(error.cause)) return undefined
    throw error
  }
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new KeyringError({ path }, 'cannot be read', error)
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
