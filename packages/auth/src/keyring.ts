import { inspect } from 'node:util'
import { CryptoKey, type CryptoKeyOptions } from './crypto-key.ts'
import { KeyringError } from './errors.ts'
import { formatKeyring } from './format-keyring.ts'
import { parseKeyring } from './parse-keyring.ts'
import { type PrincipalName } from './principal-name.ts'
import { readBinaryKeyring } from './binary-keyring.ts'

/** One entry of a keyring. */
export interface KeyringEntry {
  readonly name: PrincipalName
  readonly key: CryptoKey
  /** What it may do, by kind of service: `mon` → `allow r`. Only servers need it. */
  readonly caps: ReadonlyMap<string, string>
}

/**
 * Keys and caps by name. No key shows in what `util.inspect`, `String` or `JSON.stringify` make of it.
 * Ceph: src/auth/KeyRing.cc
 */
export class Keyring implements Iterable<KeyringEntry> {
  readonly #entries = new Map<string, KeyringEntry>()

  constructor(entries: Iterable<KeyringEntry> = []) {
    for (const entry of entries) this.set(entry)
  }

  /**
   * Reads the bytes or the text of a keyring file, also of the old binary kind. `path` stands in errors. Throws
   * `KeyringError`.
   */
  static parse(content: Uint8Array | string, options: { path?: string } & CryptoKeyOptions = {}): Keyring {
    const { path = 'keyring' } = options
    const binary = typeof content === 'string' ? undefined : readBinaryKeyring(content)
    if (binary !== undefined) return new Keyring(binary)
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content)
    return new Keyring(parseKeyring(text, path, options))
  }

  get size(): number {
    return this.#entries.size
  }

  /** Adds an entry, in the place of one with the same name. */
  set(entry: KeyringEntry): this {
    this.#entries.set(entry.name.toString(), entry)
    return this
  }

  /** Adds a name with a new key. `caps` by kind of service: `{ osd: 'allow rw' }`. */
  generate(name: PrincipalName, caps: Readonly<Record<string, string>> = {}, key?: CryptoKey): KeyringEntry {
    const entry = { name, key: key ?? CryptoKey.generate(), caps: new Map(Object.entries(caps)) }
    this.set(entry)
    return entry
  }

  find(name: PrincipalName): KeyringEntry | undefined {
    return this.#entries.get(name.toString())
  }

  /** The key of a name. Throws `KeyringError` if there is none. `path` stands in the error. */
  keyOf(name: PrincipalName, path = 'keyring'): CryptoKey {
    const entry = this.find(name)
    if (entry !== undefined) return entry.key
    const names = [...this.#entries.keys()].join(', ')
    throw new KeyringError({ path }, `expected a key for ${name.toString()}, got ${names === '' ? 'none' : names}`)
  }

  delete(name: PrincipalName): boolean {
    return this.#entries.delete(name.toString())
  }

  [Symbol.iterator](): IterableIterator<KeyringEntry> {
    return this.#entries.values()
  }

  /** The text of a keyring file, names and caps in order. It has the keys: see that only its owner can read it. */
  format(): string {
    return formatKeyring(this)
  }

  static {
    // For console.log; written so because the type of a method of this name cannot be declared without looking it up.
    const value = function (this: Keyring): string {
      return this.toString()
    }
    Object.defineProperty(this.prototype, inspect.custom, { value })
  }

  toString(): string {
    return `Keyring(${[...this.#entries.keys()].join(', ')})`
  }

  toJSON(): string[] {
    return [...this.#entries.keys()]
  }
}
