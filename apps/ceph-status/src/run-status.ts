import { type StatusOptions } from './command-line.ts'
import { formatAnswer, type FormattedAnswer } from './format-answer.ts'
import { StatusSession } from './status-session.ts'

/** Where answers go. */
export interface StatusOutput {
  readonly stdout: (bytes: Uint8Array) => void
  readonly stderr: (text: string) => void
}

/** Gives the command once, or again and again until the signal aborts, and prints each answer that is another one. */
export async function runStatus(options: StatusOptions, output: StatusOutput, signal: AbortSignal): Promise<void> {
  const session = await StatusSession.open(options, signal)
  try {
    if (options.watchEveryMs !== undefined) await watch(session, options.watchEveryMs, { options, output }, signal)
    else print(formatAnswer(await session.ask(signal), options.format), output)
  } finally {
    await session.close()
  }
}

async function watch(
  session: StatusSession,
  everyMs: number,
  { options, output }: { readonly options: StatusOptions; readonly output: StatusOutput },
  signal: AbortSignal,
): Promise<void> {
  let changeCount = 0
  let wake: () => void = () => undefined
  const tell = (): void => {
    changeCount++
    wake()
  }
  session.onChange(tell, signal)
  signal.addEventListener('abort', tell)
  let last: Uint8Array | undefined
  while (!signal.aborted) {
    const seen = changeCount
    const answer = formatAnswer(await session.ask(signal), options.format)
    if (last === undefined || Buffer.compare(answer.stdout, last) !== 0) print(answer, output)
    last = answer.stdout
    // What has changed while the answer was under way may not be in it.
    if (changeCount > seen) continue
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everyMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function print({ stdout, stderr }: FormattedAnswer, output: StatusOutput): void {
  if (stdout.length > 0) output.stdout(stdout)
  if (stderr !== '') output.stderr(stderr)
}
