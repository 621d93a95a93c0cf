import { delimiter, dirname, join } from 'node:path'
import { describeMachine } from './machine.mjs'
import { readManifest } from './workspace.mjs'

/**
 * The command that runs an installed tool of the root with this very Node.
 *
 * @param {string} root
 * @param {string} packageName a devDependency of the root
 * @param {string} [binName]
 * @returns {[string, string]}
 */
export function toolCommand(root, packageName, binName = packageName) {
  const dir = join(root, 'node_modules', packageName)
  const { bin } = readManifest(dir)
  const script = typeof bin === 'string' ? bin : bin?.[binName]
  if (script === undefined) throw new Error(`${packageName} has no program named ${binName}`)
  return [process.execPath, join(dir, script)]
}

/**
 * The environment for tools: they find the pinned pnpm and this Node, keep to themselves what they could report to
 * their makers, and turbo keys its cache by the machine.
 *
 * @param {string} root
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(root, env = process.env) {
  const searchPath = [dirname(process.execPath), join(root, 'node_modules/.bin'), env['PATH'] ?? '']
  return {
    ...env,
    PATH: searchPath.join(delimiter),
    MSGR_MACHINE: describeMachine(env),
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  }
}
