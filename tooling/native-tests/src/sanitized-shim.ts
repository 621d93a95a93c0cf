import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run-command.ts'
import { type Sanitizer } from './sanitizer.ts'

/** A defect to put into a source of the shim, to see that it is found: each `from` becomes its `to`. */
export interface PlantedDefect {
  readonly file: string
  readonly replace: readonly (readonly [from: string, to: string])[]
}

/**
 * Compiles the shim of @msgr/posix, whose folder `posixRoot` is, for a sanitizer, into `<directory>/prebuilds` where the
 * loader looks for it. With a defect it is a copy that is compiled.
 */
export async function buildSanitizedShim(
  { compiler, kind }: Sanitizer,
  posixRoot: string,
  directory: string,
  planted?: PlantedDefect,
): Promise<void> {
  const nativeDir = planted === undefined ? join(posixRoot, 'native') : plant(planted, posixRoot)
  const out = join(directory, 'prebuilds', `linux-${process.arch}`, 'msgr-posix.node')
  const args = [join(nativeDir, 'build.mjs'), `--sanitize=${kind}`, `--compiler=${compiler}`, `--out=${out}`]
  const { code, stderr } = await run(process.execPath, args)
  if (code !== 0) throw new Error(`the shim was not compiled for the sanitizer: ${stderr}`)
}

/** A copy that has the defect: inside posix, so that its build script finds what it needs. */
function plant({ file, replace }: PlantedDefect, posixRoot: string): string {
  const copy = join(posixRoot, 'node_modules', '.cache', 'planted', 'native')
  rmSync(copy, { recursive: true, force: true })
  cpSync(join(posixRoot, 'native'), copy, { recursive: true })
  let source = readFileSync(join(copy, file), 'utf8')
  for (const [from, to] of replace) {
    if (source.split(from).length !== 2) throw new Error(`${file}: expected one place with \`${from}\``)
    source = source.replace(from, () => to)
  }
  writeFileSync(join(copy, file), source)
  return copy
}
