import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

// A stamp is a file that holds a hash of everything a step depends on. It is written when the step has succeeded
// and removed before the step starts, so that a step that was cut short is done again. Contents are hashed, not
// times: a checkout changes times and not contents.

/**
 * All files below a folder, relative to `root`, sorted. A folder that does not exist has none.
 *
 * @param {string} root
 * @param {string} dir relative to root
 * @returns {string[]}
 */
export function listFilesBelow(root, dir) {
  /** @type {import('node:fs').Dirent[]} */
  let entries
  try {
    entries = readdirSync(join(root, dir), { withFileTypes: true })
  } catch {
    return []
  }
  return entries
    .flatMap((entry) => {
      const path = `${dir}/${entry.name}`
      return entry.isDirectory() ? listFilesBelow(root, path) : [path]
    })
    .sort()
}

/**
 * The files that a list of turbo's input or output patterns names in one folder. The patterns that this workspace
 * uses are a file, or a whole folder written as `folder/**`; any other is refused.
 *
 * @param {string} root
 * @param {string} dir relative to root
 * @param {readonly string[]} patterns
 */
export function expandPatterns(root, dir, patterns) {
  return patterns.flatMap((pattern) => {
    const base = pattern.endsWith('/**') ? pattern.slice(0, -3) : undefined
    if ((base ?? pattern).includes('*')) throw new Error(`expected a file or folder/**, got ${pattern}`)
    return base === undefined ? [`${dir}/${pattern}`] : listFilesBelow(root, `${dir}/${base}`)
  })
}

/**
 * A hash of the names and contents of files, and of some words. A missing file counts as such.
 *
 * @param {string} root
 * @param {readonly string[]} paths relative to root; order does not matter
 * @param {readonly string[]} [words]
 */
export function hashFiles(root, paths, words = []) {
  const hash = createHash('sha256').update(JSON.stringify(words))
  for (const path of [...paths].sort()) {
    const content = readIfPresent(join(root, path))
    hash.update(`\n${JSON.stringify(path)} ${content?.length ?? 'missing'}\n`)
    if (content !== undefined) hash.update(content)
  }
  return hash.digest('hex')
}

/** @param {string} path */
function readIfPresent(path) {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** One stamp file. */
export class Stamp {
  #path

  /** @param {string} path */
  constructor(path) {
    this.#path = path
  }

  /** @param {string} value */
  isCurrent(value) {
    return readIfPresent(this.#path)?.toString() === value
  }

  /** @param {string} value */
  write(value) {
    mkdirSync(dirname(this.#path), { recursive: true })
    writeFileSync(this.#path, value)
  }

  remove() {
    rmSync(this.#path, { force: true })
  }
}
