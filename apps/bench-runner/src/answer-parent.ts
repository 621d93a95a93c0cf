import type { Question, Reply } from './asked.ts'

/** `Answers` of any protocol. Who asks knows it, so that an argument is what its answer expects. */
type AnyAnswers = Readonly<Record<string, (argument: never) => Promise<unknown>>>

/**
 * Answers the questions of the process that forked this one, for as long as that one is there: when it goes away, in
 * whatever way, the pipe breaks and this process exits. Throws an `Error` if there is no such process.
 */
export function answerParent(answers: AnyAnswers): void {
  if (!process.connected) throw new Error('this process is started by the bench runner: run dist/cli.js')
  process.on('disconnect', () => process.exit(0))
  process.on('message', (question: Question) => {
    void reply(answers, question).then((message) => {
      // If the parent has gone, `disconnect` says so.
      process.send?.(message, undefined, undefined, () => undefined)
    })
  })
}

/** The answer to a question, or why there is none. */
export async function reply(answers: AnyAnswers, { kind, argument }: Question): Promise<Reply> {
  try {
    const answer = answers[kind]
    if (answer === undefined) throw new Error(`there is no answer to ${kind}`)
    return { answer: await answer(argument as never) }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}
