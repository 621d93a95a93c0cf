import { expect, test } from 'vitest'
import { keyringSearchPath, PrincipalName } from '../src/index.ts'

test('the places are those where Ceph looks', () => {
  const name = PrincipalName.parse('client.admin')
  expect(keyringSearchPath(name)).toEqual([
    '/etc/ceph/ceph.client.admin.keyring',
    '/etc/ceph/ceph.keyring',
    '/etc/ceph/keyring',
    '/etc/ceph/keyring.bin',
  ])
  expect(keyringSearchPath(name, 'eu')[0]).toBe('/etc/ceph/eu.client.admin.keyring')
})
