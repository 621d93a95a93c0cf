import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { importTable } from './import-table.mjs'
import { importsOf } from './imports-of.mjs'

/** @import { Member } from '@msgr-tooling/setup/workspace' */
/** @import { Finding } from './finding.mjs' */
/** @import { ImportRow } from './import-table.mjs' */
/** @import { WorkspaceTree } from './workspace-tree.mjs' */

const SOURCE = /\.(ts|mts|js|mjs)$/

/**
 * Holds the imports of every source against the import table and against its own package.json.
 *
 * @param {WorkspaceTree} tree
 * @param {readonly ImportRow[]} [table]
 * @returns {Finding[]}
 */
export function checkImports(tree, table = importTable) {
  return tree.members.flatMap((member) => {
    const judge = new ImportJudge(tree.members, member, table)
    const sources = tree.files.filter((path) => path.startsWith(`${member.dir}/`) && SOURCE.test(path))
    return sources.flatMap((path) =>
      importsOf(path, tree.read(path)).flatMap(({ specifier, line }) => {
        const message = judge.objection(path, specifier)
        return message === undefined ? [] : [{ path, line, message }]
      }),
    )
  })
}

/** Knows what the sources of one member may import. */
class ImportJudge {
  #members
  #member
  #table
  #row

  /**
   * @param {readonly Member[]} members
   * @param {Member} member
   * @param {readonly ImportRow[]} table
   */
  constructor(members, member, table) {
    this.#members = members
    this.#member = member
    this.#table = table
    this.#row = table.find(({ dir }) => dir === member.dir) ?? { dir: member.dir, mayImport: [] }
  }

  /**
   * @param {string} path of the importing file
   * @param {string} specifier
   * @returns {string | undefined}
   */
  objection(path, specifier) {
    const isShipped = path.startsWith(`${this.#member.dir}/src/`)
    if (specifier.startsWith('.')) return this.#relativeObjection(path, specifier, isShipped)
    if (isBuiltin(specifier)) return this.#builtinObjection(specifier, isShipped)
    return this.#packageObjection(specifier, isShipped)
  }

  /**
   * @param {string} path
   * @param {string} specifier
   * @param {boolean} isShipped
   */
  #relativeObjection(path, specifier, isShipped) {
    const target = posix.join(posix.dirname(path), specifier)
    const home = isShipped ? `${this.#member.dir}/src` : this.#member.dir
    if (!target.startsWith(`${home}/`)) return `import of ${specifier} leaves ${home}`
    if (isShipped && target === `${home}/index.ts`) return 'a file in src imports its own index.ts'
    return undefined
  }

  /**
   * @param {string} specifier
   * @param {boolean} isShipped
   */
  #builtinObjection(specifier, isShipped) {
    if (!specifier.startsWith('node:')) return `import of ${specifier}: write node:${specifier}`
    if (!isShipped || this.#member.group !== 'packages') return undefined
    if (this.#row.isFreeOfNode === true) return `import of ${specifier}: ${this.#member.dir} imports no module of Node`
    const isCrypto = specifier === 'node:crypto' || specifier.startsWith('node:crypto/')
    if (isCrypto && this.#row.mayImportCrypto !== true) return `import of ${specifier}: only auth may do cryptography`
    return undefined
  }

  /**
   * @param {string} specifier
   * @param {boolean} isShipped
   */
  #packageObjection(specifier, isShipped) {
    const name = packageName(specifier)
    const target = this.#members.find(({ manifest }) => manifest.name === name)
    if (target?.group === 'packages' && specifier !== name) return `import of ${specifier}: no deep imports`
    if (target === this.#member) return isShipped ? `import of ${specifier}: a package by its own name` : undefined
    return this.#tableObjection(name, target, isShipped) ?? this.#declarationObjection(name, isShipped)
  }

  /**
   * @param {string} name
   * @param {Member | undefined} target
   * @param {boolean} isShipped
   */
  #tableObjection(name, target, isShipped) {
    const { dir, group } = this.#member
    if (target === undefined) {
      const isFine = !isShipped || group !== 'packages' || this.#row.external?.includes(name)
      return isFine ? undefined : `import of ${name}: the import table lists no such dependency for ${dir}`
    }
    if (target.group === 'apps') {
      const isFine = this.#row.apps?.includes(target.shortName) === true
      return isFine ? undefined : `import of ${name}: nothing imports an application`
    }
    if (target.group === 'tooling') {
      return isShipped && group !== 'tooling' ? `import of ${name}: tooling is not shipped` : undefined
    }
    const isFine = isShipped ? this.#row.mayImport.includes(target.shortName) : this.#isAbove(target)
    return isFine ? undefined : `import of ${name}: the import table does not allow it for ${dir}`
  }

  /**
   * Tests and benches may use what stands above their own row, or is listed in it.
   *
   * @param {Member} target
   */
  #isAbove(target) {
    const place = (/** @type {string} */ dir) => this.#table.findIndex((row) => row.dir === dir)
    return this.#row.mayImport.includes(target.shortName) || place(target.dir) < place(this.#member.dir)
  }

  /**
   * @param {string} name
   * @param {boolean} isShipped
   */
  #declarationObjection(name, isShipped) {
    const { dependencies, peerDependencies, optionalDependencies, devDependencies } = this.#member.manifest
    const declared = { ...dependencies, ...peerDependencies, ...optionalDependencies }
    if (!isShipped) Object.assign(declared, devDependencies)
    return name in declared ? undefined : `import of ${name}, which package.json does not declare`
  }
}

/** @param {string} specifier */
function packageName(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
