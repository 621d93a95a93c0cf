import { type PrincipalName } from './principal-name.ts'

/**
 * Where Ceph looks for the keyring of a name, the likeliest place first. Ceph: src/common/options.cc, keyring
 */
export function keyringSearchPath(name: PrincipalName, cluster = 'ceph'): string[] {
  return [
    `/etc/ceph/${cluster}.${name.toString()}.keyring`,
    `/etc/ceph/${cluster}.keyring`,
    '/etc/ceph/keyring',
    '/etc/ceph/keyring.bin',
  ]
}
