import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { CryptoKey, Keyring, KeyringError, PrincipalName } from '../src/index.ts'

const name = PrincipalName.parse('client.a')

describe('Keyring', () => {
  test('finds, replaces and deletes entries by name', () => {
    const keyring = new Keyring()
    const first = keyring.generate(name, { mon: 'allow r' })
    expect(keyring.find(PrincipalName.parse('client.a'))).toBe(first)
    expect(first.caps.get('mon')).toBe('allow r')
    const key = CryptoKey.generate()
    keyring.generate(name, {}, key)
    expect(keyring.size).toBe(1)
    expect(keyring.keyOf(name)).toBe(key)
    expect([...keyring].map((entry) => entry.key)).toEqual([key])
    expect(keyring.delete(name)).toBe(true)
    expect(keyring.find(name)).toBeUndefined()
  })

  test('says which names it has when one is missing', () => {
    const keyring = new Keyring()
    expect(() => keyring.keyOf(name, 'file')).toThrow('file: expected a key for client.a, got none')
    keyring.generate(PrincipalName.parse('client.b'))
    expect(() => keyring.keyOf(name)).toThrow(KeyringError)
    expect(() => keyring.keyOf(name)).toThrow('keyring: expected a key for client.a, got client.b')
  })

  test('shows names and no keys', () => {
    const keyring = new Keyring()
    const secret = keyring.generate(name).key.toBase64().slice(16, 36)
    const texts = [inspect(keyring, { showHidden: true, depth: 9 }), String(keyring), JSON.stringify({ keyring })]
    for (const text of texts) {
      expect(text).toContain('client.a')
      expect(text).not.toContain(secret)
    }
    expect(inspect(keyring)).toBe('Keyring(client.a)')
    expect(inspect([...keyring], { depth: 9 })).not.toContain(secret)
  })
})
