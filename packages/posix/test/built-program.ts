import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

export const packageRoot: string = fileURLToPath(new URL('..', import.meta.url))

/**
 * Bundles programs of test/programs, for plain node, into a directory that is laid out as the package is, so that they
 * find its binary; or none, if there is no prebuilds directory to copy. Returns that directory, which is new and empty
 * apart from them; the program `x.ts` becomes dist/x.mjs.
 */
export async function buildPrograms(name: string, programs: readonly string[], prebuilds?: string): Promise<string> {
  const root = join(packageRoot, 'node_modules', '.cache', 'test-programs', name)
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true })
  await build({
    config: false,
    entry: programs.map((program) => join(packageRoot, 'test', 'programs', `${program}.ts`)),
    outDir: join(root, 'dist'),
    outExtension: () => ({ js: '.mjs' }),
    format: 'esm',
    target: 'node20',
    silent: true,
  })
  if (prebuilds !== undefined) cpSync(prebuilds, join(root, 'prebuilds'), { recursive: true })
  return root
}
