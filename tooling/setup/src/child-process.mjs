import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { watchStarter } from './starter-watch.mjs'

/** @typedef {readonly [string, ...string[]]} Command a program and its arguments */
/** @typedef {{ cwd: string, env: NodeJS.ProcessEnv }} Surroundings */

/** A program that set-up called has failed. */
export class ChildFailedError extends Error {
  /** @override */
  name = 'ChildFailedError'

  /**
   * @param {string} message
   * @param {number} exitCode
   * @param {string} output all that it wrote
   */
  constructor(message, exitCode, output) {
    super(message)
    this.exitCode = exitCode
    this.output = output
  }
}

/**
 * Runs a program with its output kept back. Rejects with a ChildFailedError that has the output if it fails.
 *
 * @param {Command} command
 * @param {Surroundings} surroundings
 * @returns {Promise<string>} all that it wrote
 */
export async function runQuietly(command, surroundings) {
  const child = start(command, surroundings, ['ignore', 'pipe', 'pipe'])
  /** @type {Buffer[]} */
  const chunks = []
  child.stdout?.on('data', (chunk) => chunks.push(chunk))
  child.stderr?.on('data', (chunk) => chunks.push(chunk))
  const exitCode = await ended(child, command)
  const output = Buffer.concat(chunks).toString()
  if (exitCode !== 0) throw new ChildFailedError(`${command.join(' ')}: exit code ${exitCode}`, exitCode, output)
  return output
}

/**
 * Runs a program on our own stdin, stdout and stderr, passing signals on to it.
 *
 * @param {Command} command
 * @param {Surroundings} surroundings
 * @returns {Promise<number>} its exit code; 128 and the signal's number if a signal ended it, as shells count
 */
export function runInForeground(command, surroundings) {
  return ended(start(command, surroundings, 'inherit'), command)
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {Command} command
 * @returns {Promise<number>}
 */
function ended(child, command) {
  const stopForwarding = forwardSignals(child)
  const stopWatching = watchStarter(() => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      stopForwarding()
      stopWatching()
      reject(new ChildFailedError(`cannot run ${command[0]}: ${error.message}`, 127, ''))
    })
    child.once('close', (code, signal) => {
      stopForwarding()
      stopWatching()
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}

/**
 * @param {Command} command
 * @param {Surroundings} surroundings
 * @param {import('node:child_process').StdioOptions} stdio
 */
function start([program, ...args], { cwd, env }, stdio) {
  // On Windows npx is a batch file, which only a shell can start.
  return spawn(program, args, { cwd, env, stdio, shell: process.platform === 'win32' && program === 'npx' })
}

/**
 * Keeps us alive until the child has ended and passes on what was sent to us alone. A Ctrl-C in a terminal reaches
 * the child by itself: sending it again would look like an impatient second one.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} ends it
 */
function forwardSignals(child) {
  const onTerminal = process.stdin.isTTY
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    if (signal !== 'SIGINT' || !onTerminal) child.kill(signal)
  }
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  return () => {
    for (const signal of signals) process.off(signal, forward)
  }
}
