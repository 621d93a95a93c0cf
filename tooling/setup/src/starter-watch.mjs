import { readFileSync } from 'node:fs'

const POLL_MS = 500

/**
 * Calls back once whoever ran us through an npm script is gone. A signal to npm ends npm, or the shell between it and
 * us, and does not get here: without this a stopped demo would run on with nobody to stop it. Without npm there is no
 * watch: a program that its shell has left behind is meant to go on.
 *
 * @param {() => void} onGone
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {() => void} ends the watch
 */
export function watchStarter(onGone, env = process.env) {
  if (env['npm_lifecycle_event'] === undefined) return () => undefined
  const before = starters()
  const timer = setInterval(() => {
    if (starters() === before) return
    clearInterval(timer)
    onGone()
  }, POLL_MS)
  timer.unref()
  return () => {
    clearInterval(timer)
  }
}

/** The process ids of the shell that npm started and, where the system tells, of npm. They change when one has died. */
function starters() {
  const shell = process.ppid
  try {
    // "pid (name) state ppid …", and a name may hold spaces and parentheses.
    const afterName = readFileSync(`/proc/${shell}/stat`, 'utf8').replace(/^.*\) /s, '')
    return `${shell} ${afterName.split(' ')[1]}`
  } catch {
    return String(shell)
  }
}
