import type { Answers, Asked, Protocol } from '../src/asked.ts'
import { echoClientAnswers } from '../src/echo-client.ts'
import { echoServerAnswers } from '../src/echo-server.ts'
import type { EchoEnds } from '../src/echo-ends.ts'

/** Asks without a process in between. */
export function inProcess<P extends Protocol<P>>(answers: Answers<P>): Asked<P> {
  return { ask: (kind, argument) => answers[kind](argument) }
}

/** Both ends of an echo in this very process: the figures mean nothing, all else is as ever. */
export function endsInProcess(onStop: () => void = () => undefined): EchoEnds {
  return {
    server: inProcess(echoServerAnswers()),
    client: inProcess(echoClientAnswers()),
    stop: () => {
      onStop()
      return Promise.resolve()
    },
  }
}
