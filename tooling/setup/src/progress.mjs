import { performance } from 'node:perf_hooks'
import { styleText } from 'node:util'
import { ChildFailedError } from './child-process.mjs'

// Set-up and checks talk on stderr only: stdout belongs to the command that a person asked for.

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/**
 * Names a step of set-up and says how long it took. What the step's programs wrote is shown only if it fails.
 *
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const startMs = performance.now()
  const showsLive = process.stderr.isTTY
  if (showsLive) process.stderr.write(`… ${label}`)
  const startOfLine = showsLive ? '\r\u001b[K' : ''
  try {
    const result = await work()
    say(`${startOfLine}${paint('green', '✔')} ${label} ${paint('dim', formatDuration(performance.now() - startMs))}`)
    return result
  } catch (error) {
    say(`${startOfLine}${paint('red', '✖')} ${label} ${paint('dim', formatDuration(performance.now() - startMs))}`)
    if (error instanceof ChildFailedError) process.stderr.write(error.output)
    throw error
  }
}

/**
 * For people: '0.3 s', '12 s', '2 min 5 s'.
 *
 * @param {number} durationMs
 */
export function formatDuration(durationMs) {
  const seconds = durationMs / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/**
 * @param {'green' | 'red' | 'dim'} format
 * @param {string} text
 */
function paint(format, text) {
  const wantsColor = process.stderr.isTTY && !process.env['NO_COLOR']
  return wantsColor ? styleText(format, text) : text
}
