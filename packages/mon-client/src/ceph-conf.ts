import { readFile } from 'node:fs/promises'
import { hostname, homedir } from 'node:os'
import { entityTypeName } from '@msgr/message'
import { type PrincipalName } from '@msgr/auth'
import { CephConfError } from './errors.ts'
import { normalizeOptionName, parseCephConf } from './parse-ceph-conf.ts'

/** An option may be made of others, and they of others again, so many times. */
const MAX_EXPANSIONS = 10

/** Whose options are wanted. */
export interface ConfOwner {
  readonly name: PrincipalName
  /** Name of the cluster, which stands for `$cluster`. Default `'ceph'`. */
  readonly cluster?: string
}

/**
 * What a conf file of Ceph says. For `client.admin` the sections `[client.admin]`, `[client]` and `[global]` count, in
 * this order. Ceph: src/common/config.cc, md_config_t
 */
export class CephConf {
  /** Where it came from; for messages. */
  readonly path: string
  readonly #sections: ReadonlyMap<string, ReadonlyMap<string, string>>

  private constructor(path: string, sections: ReadonlyMap<string, ReadonlyMap<string, string>>) {
    this.path = path
    this.#sections = sections
  }

  /** A conf file that says nothing. */
  static empty(): CephConf {
    return new CephConf('no conf file', new Map())
  }

  /** Reads the text of a conf file. Throws `CephConfError`. */
  static parse(text: string, { path = 'conf' }: { readonly path?: string } = {}): CephConf {
    return new CephConf(path, parseCephConf(text, path))
  }

  /** Reads a conf file. Throws `CephConfError`, also if there is none. */
  static async load(path: string): Promise<CephConf> {
    let text
    try {
      text = await readFile(path, 'utf8')
    } catch (error) {
      throw new CephConfError({ path }, 'cannot be read', error)
    }
    return CephConf.parse(text, { path })
  }

  /**
   * Reads the first file that is there: of those that the variable `CEPH_CONF` names, or else of those where Ceph looks
   * for the conf file of a cluster. One that says nothing if there is none of the latter. Throws `CephConfError`.
   */
  static async find(cluster = 'ceph', env: NodeJS.ProcessEnv = process.env): Promise<CephConf> {
    const named = (env['CEPH_CONF'] ?? '').split(',').filter((path) => path !== '')
    const usual = [`/etc/ceph/${cluster}.conf`, `${homedir()}/.ceph/${cluster}.conf`, `${cluster}.conf`]
    for (const path of named.length > 0 ? named : usual) {
      const conf = await loadIfThere(path)
      if (conf !== undefined) return conf
    }
    if (named.length > 0) throw new CephConfError({ path: named.join(', ') }, 'expected a conf file, got none')
    return CephConf.empty()
  }

  /** Names of the sections, in the order of the file. */
  get sectionNames(): readonly string[] {
    return [...this.#sections.keys()]
  }

  /**
   * An option of somebody, by its name in any form (`mon host`, `mon_host`), with what `$name`, `$cluster` and the like
   * stand for; `undefined` if the file does not have it.
   */
  get(option: string, owner: ConfOwner): string | undefined {
    const value = this.#find(normalizeOptionName(option), owner.name)
    return value === undefined ? undefined : this.#expand(value, owner, MAX_EXPANSIONS)
  }

  /** All options of somebody by their names with underscores: what `optionsFromCephConf` wants. */
  optionsOf(owner: ConfOwner): Readonly<Record<string, string>> {
    const names = sectionsOf(owner.name).flatMap((section) => [...(this.#sections.get(section)?.keys() ?? [])])
    return Object.fromEntries(names.map((name) => [name, this.get(name, owner) ?? '']))
  }

  /** An option of one section alone. */
  getOfSection(section: string, option: string): string | undefined {
    return this.#sections.get(section)?.get(normalizeOptionName(option))
  }

  #find(option: string, name: PrincipalName): string | undefined {
    for (const section of sectionsOf(name)) {
      const value = this.#sections.get(section)?.get(option)
      if (value !== undefined) return value
    }
    return undefined
  }

  /** What is not known stays as it is, as does what stands for itself. */
  #expand(value: string, owner: ConfOwner, left: number): string {
    if (left === 0) return value
    return value.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, bare: string | undefined) => {
      const variable = normalizeOptionName(braced ?? bare ?? '')
      const meta = metaVariable(variable, owner)
      if (meta !== undefined) return meta
      const option = this.#find(variable, owner.name)
      return option === undefined ? whole : this.#expand(option, owner, left - 1)
    })
  }
}

function sectionsOf(name: PrincipalName): readonly string[] {
  return [name.toString(), entityTypeName(name.type), 'global']
}

/** Ceph: src/common/config.cc, conf_post_process_val; src/common/config.h */
function metaVariable(variable: string, { name, cluster = 'ceph' }: ConfOwner): string | undefined {
  switch (variable) {
    case 'cluster':
      return cluster
    case 'name':
      return name.toString()
    case 'type':
      return entityTypeName(name.type)
    case 'id':
      return name.id
    case 'host':
      return hostname().replace(/\..*$/, '')
    case 'pid':
      return String(process.pid)
    case 'home':
      return homedir()
    default:
      return undefined
  }
}

async function loadIfThere(path: string): Promise<CephConf | undefined> {
  try {
    return await CephConf.load(path)
  } catch (error) {
    const cause = error instanceof CephConfError ? error.cause : undefined
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw error
  }
}
