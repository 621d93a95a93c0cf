#!/usr/bin/env node
import { CommanderError } from 'commander'
import { parseCommandLine } from './command-line.ts'
import { StatusError } from './errors.ts'
import { runStatus } from './run-status.ts'

/** The monitors say no, or cannot be reached. */
const EXIT_CODE_OF_FAILURE = 1
/** The command line makes no sense. */
const EXIT_CODE_OF_MISUSE = 2

const ended = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    ended.abort(new Error(`ended by ${signal}`))
  })
}
process.stdout.on('error', () => {
  ended.abort(new Error('nobody reads the output'))
})

function complain(text: string): void {
  process.stderr.write(text)
}

function exitCodeOf(error: unknown, wasWatching: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODE_OF_MISUSE
  if (wasWatching && ended.signal.aborted) return 0
  complain(`error: ${error instanceof Error ? error.message : String(error)}\n`)
  const isMisuse = error instanceof StatusError && error.code === 'ERR_CEPH_STATUS_USAGE'
  return isMisuse ? EXIT_CODE_OF_MISUSE : EXIT_CODE_OF_FAILURE
}

let isWatching = false
try {
  const help = (text: string): void => void process.stdout.write(text)
  const options = parseCommandLine(process.argv.slice(2), { help, complain })
  isWatching = options.watchEveryMs !== undefined
  await runStatus(options, { stdout: (bytes) => void process.stdout.write(bytes), stderr: complain }, ended.signal)
} catch (error) {
  process.exitCode = exitCodeOf(error, isWatching)
}
