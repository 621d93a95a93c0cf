import type { Answers } from './asked.ts'
import { ClosedLoop, type LoopFigures, type RunLength } from './closed-loop.ts'
import type { EchoClient } from './echo-subject.ts'
import { echoSubject } from './echo-subjects.ts'

/** Where to connect, and what to send there. */
export interface ConnectArgument {
  readonly subject: string
  readonly address: string
  readonly payloadBytes: number
  readonly depth: number
}

/** What a process with echo clients can be asked. */
export interface EchoClientProtocol {
  readonly connect: { readonly argument: ConnectArgument; readonly answer: null }
  readonly run: { readonly argument: RunLength; readonly answer: LoopFigures }
  readonly close: { readonly argument: null; readonly answer: null }
}

/** The answers; one connection at a time. */
export function echoClientAnswers(): Answers<EchoClientProtocol> {
  let connected: { readonly client: EchoClient; readonly loop: ClosedLoop } | undefined
  return {
    connect: async ({ subject, address, payloadBytes, depth }) => {
      const loop = new ClosedLoop({ payloadBytes, depth })
      connected = { client: await echoSubject(subject).connect(address, loop), loop }
      return null
    },
    run: (length) => {
      if (connected === undefined) throw new Error('run: connect comes first')
      return connected.loop.run(connected.client, length)
    },
    close: async () => {
      await connected?.client.close()
      connected = undefined
      return null
    },
  }
}
