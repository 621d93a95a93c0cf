import { KeyringError } from './errors.ts'
import { type KeyringEntry } from './keyring.ts'

/**
 * Writes a keyring as Ceph's tools do.
 *
 * Differs from Ceph: 16.2 escapes quotes alone, and cannot read again what it wrote of a backslash, `#` or `;`.
 * Ceph: src/auth/KeyRing.cc, print
 */
export function formatKeyring(entries: Iterable<KeyringEntry>): string {
  const sections = [...entries].map((entry) => [entry.name.toString(), entry] as const)
  return sections
    .sort(([a], [b]) => compare(a, b))
    .map(([name, entry]) => formatSection(name, entry))
    .join('')
}

function formatSection(name: string, { key, caps }: KeyringEntry): string {
  if (/[[\]\r\n]|^\s|\s$/.test(name)) throw unwritable(name, 'a name without brackets, line ends and outer spaces')
  const sorted = [...caps].sort(([a], [b]) => compare(a, b))
  const lines = sorted.map(([service, value]) => `\tcaps ${service} = "${quote(name, service, value)}"\n`)
  return `[${name}]\n\tkey = ${key.toBase64()}\n${lines.join('')}`
}

function quote(name: string, service: string, value: string): string {
  if (!/^[a-z0-9.-]+$/i.test(service)) throw unwritable(name, 'caps for a service that is one word')
  if (/[\r\n]/.test(value)) throw unwritable(name, `caps for ${service} in one line`)
  return value.replace(/[\\"#;]/g, '\\$&')
}

function unwritable(name: string, expected: string): KeyringError {
  return new KeyringError({ path: 'keyring' }, `${JSON.stringify(name)}: expected ${expected}, got another`)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
