import { fileURLToPath } from 'node:url'
import { ChildFailedError, runQuietly } from '@msgr-tooling/setup/child-process'
import { toolCommand } from '@msgr-tooling/setup/tools'

const OWN_DIR = fileURLToPath(new URL('..', import.meta.url))

/**
 * Asks publint and attw what they think of a tarball.
 *
 * @param {string} path
 * @returns {Promise<string[]>} their words where they object
 */
export async function lintTarball(path) {
  const publint = await objection([...toolCommand(OWN_DIR, 'publint'), 'run', path, '--strict'])
  const attw = toolCommand(OWN_DIR, '@arethetypeswrong/cli', 'attw')
  return [publint, await objection([...attw, path, '--profile', 'esm-only'])].filter((words) => words !== undefined)
}

/**
 * @param {[string, ...string[]]} command
 * @returns {Promise<string | undefined>}
 */
async function objection(command) {
  try {
    await runQuietly(command, { cwd: OWN_DIR, env: { ...process.env, NO_COLOR: '1' } })
    return undefined
  } catch (error) {
    if (error instanceof ChildFailedError) return error.output.trim() || error.message
    throw error
  }
}
