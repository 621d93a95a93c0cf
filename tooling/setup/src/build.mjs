import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runQuietly } from './child-process.mjs'
import { describeMachine } from './machine.mjs'
import { step } from './progress.mjs'
import { Stamp, expandPatterns, hashFiles } from './stamp.mjs'
import { toolCommand, toolEnvironment } from './tools.mjs'
import { listMembers } from './workspace.mjs'

/**
 * Builds the native shim and every package and application, unless the sources and what was built from them are as
 * they were after the last build. Turbo would find the same out, but takes a second for it.
 *
 * @param {string} root
 */
export async function build(root) {
  const stamp = new Stamp(join(root, 'node_modules/.cache/msgr/build'))
  if (stamp.isCurrent(buildKey(root))) return
  stamp.remove()
  const count = buildableMembers(root).length
  await step(`build ${count} packages`, () =>
    runQuietly([...toolCommand(root, 'turbo'), 'run', 'build', '--output-logs=errors-only', '--log-order=grouped'], {
      cwd: root,
      env: toolEnvironment(root),
    }),
  )
  stamp.write(buildKey(root))
}

/**
 * A hash of all that a build reads and of all that it writes, by the patterns of turbo.json.
 *
 * @param {string} root
 */
export function buildKey(root) {
  const { globalDependencies, tasks } = JSON.parse(readFileSync(join(root, 'turbo.json'), 'utf8'))
  const patterns = [...tasks.build.inputs, ...tasks.build.outputs]
  const files = buildableMembers(root).flatMap(({ dir }) => expandPatterns(root, dir, patterns))
  return hashFiles(root, ['turbo.json', ...globalDependencies, ...files], [describeMachine()])
}

/** @param {string} root */
function buildableMembers(root) {
  return listMembers(root).filter(({ manifest }) => manifest.scripts?.['build'] !== undefined)
}
