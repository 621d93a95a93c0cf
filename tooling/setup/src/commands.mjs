import { runInForeground } from './child-process.mjs'
import { runAll } from './run-all.mjs'
import { test } from './test.mjs'
import { toolCommand, toolEnvironment } from './tools.mjs'

/**
 * @typedef {object} Command
 * @property {boolean} needsCompiler on Linux, whether it is refused where the native shim cannot be built
 * @property {boolean} needsBuild whether everything is built before it runs
 * @property {(root: string, args: readonly string[]) => Promise<number>} run gives the exit code
 */

const tidy = program('tooling/tidy/run.mjs')

/**
 * What `node tooling/setup/run.mjs NAME ARGS` can do; each is a script of the root package.json.
 *
 * @type {Record<string, Command>}
 */
export const commands = {
  demo: { needsCompiler: true, needsBuild: true, run: program('apps/heartbeat-demo/dist/cli.js', 'demo') },
  heartbeat: { needsCompiler: true, needsBuild: true, run: program('apps/heartbeat-demo/dist/cli.js') },
  bench: { needsCompiler: true, needsBuild: true, run: program('apps/bench-runner/dist/cli.js') },
  'ceph-status': { needsCompiler: false, needsBuild: true, run: program('apps/ceph-status/dist/cli.js') },
  stress: { needsCompiler: true, needsBuild: true, run: program('apps/stress/dist/cli.js') },
  simulate: { needsCompiler: false, needsBuild: true, run: simulate },
  fuzz: { needsCompiler: false, needsBuild: true, run: program('tooling/fuzz/dist/cli.js') },
  hosts: { needsCompiler: true, needsBuild: true, run: hosts },
  test: { needsCompiler: true, needsBuild: true, run: test },
  build: { needsCompiler: false, needsBuild: true, run: () => Promise.resolve(0) },
  lint: { needsCompiler: false, needsBuild: false, run: lint },
  typecheck: { needsCompiler: false, needsBuild: false, run: typecheck },
  tidy: { needsCompiler: false, needsBuild: true, run: tidy },
  packaging: { needsCompiler: false, needsBuild: true, run: packaging },
  check: { needsCompiler: true, needsBuild: true, run: check },
}

/**
 * A program of the workspace, as a person would start it: with our own environment, not that of the tools.
 *
 * @param {string} script relative to the root
 * @param {readonly string[]} firstArgs
 * @returns {Command['run']}
 */
function program(script, ...firstArgs) {
  return (root, args) =>
    runInForeground([process.execPath, `${root}/${script}`, ...firstArgs, ...args], { cwd: root, env: process.env })
}

/**
 * A program that lives with a package's tests.
 *
 * @type {Command['run']}
 */
function simulate(root, args) {
  const script = `${root}/tooling/tsup-preset/run-program.mjs`
  return runInForeground([process.execPath, script, 'test/programs/simulate.ts', ...args], {
    cwd: `${root}/packages/msgr-protocol`,
    env: process.env,
  })
}

/**
 * The tests on several hosts, which need root. What they need and this machine lacks is said, by failing.
 *
 * @type {Command['run']}
 */
function hosts(root, args) {
  return runInForeground([...toolCommand(root, 'pnpm'), '--filter', '@msgr-tooling/hosts', 'test:hosts', ...args], {
    cwd: root,
    env: { ...toolEnvironment(root), MSGR_REQUIRE_ALL: '1' },
  })
}

/** @type {Command['run']} */
function lint(root, args) {
  const prettierMode = args.includes('--fix') ? '--write' : '--check'
  /** @type {[string, ...string[]][]} */
  const linters = [
    [...toolCommand(root, 'eslint'), '.', '--max-warnings=0', '--concurrency=2', ...args],
    [...toolCommand(root, 'prettier'), '.', prettierMode, '--log-level=warn'],
    [...toolCommand(root, 'knip'), '--no-config-hints'],
  ]
  return runEach(root, linters)
}

/**
 * All members as two programs, one in TypeScript and one in JavaScript: a program for each would read what it has from
 * others again, and check it again.
 *
 * @type {Command['run']}
 */
function typecheck(root, args) {
  /** @type {(program: string) => [string, ...string[]]} */
  const check = (program) => [
    ...toolCommand(root, 'typescript', 'tsc'),
    '--project',
    `${root}/tooling/tsconfig/${program}`,
    ...args,
  ]
  return runEach(root, [check('workspace.json'), check('workspace-javascript.json')])
}

/**
 * One after the other, even when one fails. The exit code is that of the last that failed.
 *
 * @param {string} root
 * @param {[string, ...string[]][]} commands
 */
async function runEach(root, commands) {
  let exitCode = 0
  for (const command of commands) {
    exitCode = (await runInForeground(command, { cwd: root, env: toolEnvironment(root) })) || exitCode
  }
  return exitCode
}

/** @type {Command['run']} */
function packaging(root, args) {
  const script = `${root}/tooling/packaging/run.mjs`
  return runInForeground([process.execPath, script, ...args], { cwd: root, env: toolEnvironment(root) })
}

/**
 * What CI runs, except for the tests against real Ceph daemons and the runs of the applications.
 *
 * @type {Command['run']}
 */
function check(root) {
  const steps = { lint, typecheck, tidy, packaging, test }
  return runAll(Object.fromEntries(Object.entries(steps).map(([name, run]) => [name, () => run(root, [])])))
}
