import { setTimeout as wait } from 'node:timers/promises'
import type { MonClient, MonCommandArguments } from '@msgr/mon-client'
import { answerText } from './answer-text.ts'
import type { StatusRequest } from './command-line.ts'
import { readSignatures } from './command-signature.ts'
import { matchCommand } from './match-command.ts'

/** Where the answer goes, and what people are told besides. */
export interface Printer {
  readonly print: (line: string) => void
  readonly tell: (line: string) => void
}

/**
 * Runs the command once, or again and again until the signal ends it. Throws `CommandWordsError` for words that are no
 * command, and what `MonClient.command` throws.
 */
export async function runStatus(
  client: MonClient,
  request: StatusRequest,
  { print, tell }: Printer,
  signal: AbortSignal,
): Promise<void> {
  const { words, format, timeoutMs, watchEveryMs } = request
  const described = await client.command({ prefix: 'get_command_descriptions', format: 'json' }, { signal, timeoutMs })
  const { command, signature } = matchCommand(readSignatures(described.json()), words)
  const full: MonCommandArguments = format === 'json' ? { ...command, format } : command
  if (signature.isForManager) tell(`${command.prefix}: a manager answers this; the monitors only pass it on`)
  let printed: string | undefined
  do {
    const answer = await client.command(full, { signal, timeoutMs })
    const text = answerText(answer, format)
    if (text !== printed && text !== '') print(text)
    if (text !== printed && answer.status !== '') tell(answer.status)
    printed = text
    if (watchEveryMs === undefined) return
  } while (await changeOrTime(client, watchEveryMs, signal))
}

/** Waits for the next map of the OSDs, but no longer than so. False if the signal ends it. */
async function changeOrTime(client: MonClient, waitMs: number, signal: AbortSignal): Promise<boolean> {
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const changed = async (): Promise<void> => {
    const maps = client.subscribe('osdmap', { signal: either })[Symbol.asyncIterator]()
    await maps.next() // the one there is
    await maps.next()
  }
  const ignore = (): void => undefined
  try {
    await Promise.race([
      changed().catch(() => wait(waitMs, undefined, { signal: either }).catch(ignore)),
      wait(waitMs, undefined, { signal: either }).catch(ignore),
    ])
  } finally {
    over.abort()
  }
  return !signal.aborted
}
