import { join } from 'node:path'
import { build } from './build.mjs'
import { ChildFailedError } from './child-process.mjs'
import { commands } from './commands.mjs'
import { install } from './install.mjs'
import { compilerProblem } from './machine.mjs'
import { say } from './progress.mjs'
import { withSetupLock } from './setup-lock.mjs'
import { workspaceRoot } from './workspace.mjs'

/**
 * Runs one root command: checks the machine, sets up what the command needs, hands over. Sets the exit code.
 *
 * @param {readonly string[]} argv the command's name and its arguments
 */
export async function main([name = '', ...args]) {
  try {
    process.exitCode = await runCommand(name, args)
  } catch (error) {
    if (!(error instanceof ChildFailedError)) throw error
    say(error.message)
    process.exitCode = error.exitCode
  }
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function runCommand(name, args) {
  const command = commands[name]
  if (command === undefined) {
    say(`unknown command ${JSON.stringify(name)}: expected one of ${Object.keys(commands).join(', ')}`)
    return 1
  }
  const problem = compilerProblem(process.platform)
  if (problem !== undefined) say(problem)
  if (problem !== undefined && command.needsCompiler) return 1

  await withSetupLock(join(workspaceRoot, '.msgr/setup.lock'), async () => {
    await install(workspaceRoot)
    if (command.needsBuild) await build(workspaceRoot)
  })
  return command.run(workspaceRoot, args)
}
