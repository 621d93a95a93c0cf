import { runInForeground } from './child-process.mjs'
import { say } from './progress.mjs'
import { formatCounts, readTestCounts, removeTestReports, sumCounts } from './test-reports.mjs'
import { toolCommand, toolEnvironment } from './tools.mjs'
import { listMembers } from './workspace.mjs'

/**
 * Runs the tests of every member whose sources, or those of its dependencies, have changed since they last passed;
 * then says how many tests stand behind the result, cached ones included.
 *
 * @param {string} root
 * @param {readonly string[]} args for turbo, for example `--filter @msgr/posix` or `--force`
 * @returns {Promise<number>} the exit code
 */
export async function test(root, args) {
  const dirs = listMembers(root)
    .filter(({ manifest }) => manifest.scripts?.['test'] !== undefined)
    .map(({ dir }) => dir)
  removeTestReports(root, dirs)

  const flags = [
    '--continue=dependencies-successful',
    '--output-logs=new-only',
    '--log-order=grouped',
    '--log-prefix=none',
  ]
  const exitCode = await runInForeground([...toolCommand(root, 'turbo'), 'run', 'test', ...flags, ...args], {
    cwd: root,
    env: toolEnvironment(root),
  })

  const counts = dirs.map((dir) => readTestCounts(root, dir)).filter((count) => count !== undefined)
  say(`${formatCounts(sumCounts(counts))} in ${counts.length} of ${dirs.length} packages`)
  return exitCode
}
