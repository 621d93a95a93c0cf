import { performance } from 'node:perf_hooks'
import { formatDuration, say } from './progress.mjs'

/**
 * Runs steps one after the other, all of them even when one fails, and says at the end how each went.
 *
 * @param {Record<string, () => Promise<number>>} steps each gives an exit code
 * @returns {Promise<number>} 0 if every step passed, otherwise 1
 */
export async function runAll(steps) {
  /** @type {string[]} */
  const summary = []
  let exitCode = 0
  for (const [name, run] of Object.entries(steps)) {
    say(`\n── ${name}`)
    const startMs = performance.now()
    const stepCode = await run()
    if (stepCode !== 0) exitCode = 1
    summary.push(`${stepCode === 0 ? '✔' : '✖'} ${name} ${formatDuration(performance.now() - startMs)}`)
  }
  say(`\n${summary.join('\n')}`)
  return exitCode
}
