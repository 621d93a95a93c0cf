#!/usr/bin/env node
import { CommanderError } from 'commander'
import { parseCommandLine, type StatusRequest } from './command-line.ts'
import { connect } from './connect.ts'
import { CommandWordsError } from './errors.ts'
import { runStatus } from './run-status.ts'

const EXIT_CODE_OF_FAILURE = 1
/** The command line made no sense. */
const EXIT_CODE_OF_MISUSE = 2

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Until somebody ends it: a `--watch` that is ended has done its work. */
async function run(request: StatusRequest): Promise<void> {
  const end = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      end.abort()
    })
  }
  const client = await connect(request, end.signal)
  try {
    await runStatus(client, request, { print, tell }, end.signal)
  } catch (error) {
    if (!end.signal.aborted || request.watchEveryMs === undefined) throw error
  } finally {
    await client.close()
  }
}

try {
  await run(parseCommandLine(process.argv.slice(2), { help: printAsIs, complain: complainAsIs }))
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_CODE_OF_MISUSE
  } else {
    tell(`error: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = error instanceof CommandWordsError ? EXIT_CODE_OF_MISUSE : EXIT_CODE_OF_FAILURE
  }
}

function printAsIs(text: string): void {
  process.stdout.write(text)
}

function complainAsIs(text: string): void {
  process.stderr.write(text)
}
