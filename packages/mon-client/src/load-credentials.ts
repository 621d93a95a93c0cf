import { access } from 'node:fs/promises'
import { AuthMethod, KeyringError, keyringSearchPath, loadKey, type CryptoKey, type KeySource } from '@msgr/auth'
import { type CephConf, type ConfOwner } from './ceph-conf.ts'
import { MonClientError } from './errors.ts'

/** Where to learn how to prove who one is. */
export interface CredentialSources {
  readonly conf: CephConf
  readonly owner: ConfOwner
  /** Counts before the conf file. */
  readonly source: KeySource | undefined
  /** Of `AuthMethod`; counts before the conf file. */
  readonly methods: readonly number[] | undefined
}

/** How to prove who one is. */
export interface Credentials {
  readonly key: CryptoKey | undefined
  /** Of `AuthMethod`, the most wanted first. */
  readonly methods: readonly number[]
}

const METHODS: Readonly<Record<string, number>> = { cephx: AuthMethod.cephx, none: AuthMethod.none }

/**
 * The methods that were given, or those of the option `auth_client_required`, and the key if cephx is among them. If
 * neither says anything: cephx alone with a key, and method none alone where there is none to be found.
 *
 * Throws `KeyringError`, `KeyError` or `MonClientError`. Ceph: src/auth/AuthRegistry.cc, src/auth/KeyRing.cc
 *
 * Differs from Ceph: there method none is offered besides cephx unless the conf file says otherwise, and who poses as a
 * monitor can choose it.
 */
export async function loadCredentials({ conf, owner, source, methods }: CredentialSources): Promise<Credentials> {
  const wanted = methods ?? methodsOfConf(conf, owner)
  const keySource = source ?? keySourceOfConf(conf, owner)
  if (wanted === undefined) {
    const isUsual = source === undefined && 'cluster' in keySource
    if (isUsual && !(await hasUsualKeyring(owner))) return { key: undefined, methods: [AuthMethod.none] }
    return { key: await loadKey(owner.name, keySource), methods: [AuthMethod.cephx] }
  }
  if (!wanted.includes(AuthMethod.cephx)) return { key: undefined, methods: wanted }
  try {
    return { key: await loadKey(owner.name, keySource), methods: wanted }
  } catch (error) {
    const rest = wanted.filter((method) => method !== AuthMethod.cephx)
    if (rest.length === 0 || !(error instanceof KeyringError)) throw error
    return { key: undefined, methods: rest }
  }
}

function methodsOfConf(conf: CephConf, owner: ConfOwner): readonly number[] | undefined {
  const text = [conf.get('auth_client_required', owner), conf.get('auth_supported', owner)].find((value) => value)
  const names = (text ?? '').split(/[\s,;]+/).filter((name) => name !== '')
  if (names.length === 0) return undefined
  const known = names.flatMap((name) => METHODS[name] ?? [])
  if (known.length > 0) return known
  throw new MonClientError(
    'ERR_MSGR_MON_OPTION',
    `auth_client_required: expected cephx or none, got ${names.join(', ')}`,
  )
}

/** Ceph: src/auth/KeyRing.cc, from_ceph_context */
function keySourceOfConf(conf: CephConf, owner: ConfOwner): KeySource {
  const key = conf.get('key', owner)
  if (key) return { key }
  const keyfile = conf.get('keyfile', owner)
  if (keyfile) return { keyfile }
  const keyring = process.env['CEPH_KEYRING'] ?? conf.get('keyring', owner)
  if (keyring) return { keyring: keyring.split(/[\s,;]+/).filter((path) => path !== '') }
  return { cluster: owner.cluster ?? 'ceph' }
}

async function hasUsualKeyring({ name, cluster }: ConfOwner): Promise<boolean> {
  const found = await Promise.all(
    keyringSearchPath(name, cluster).map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}
