import type { Answers } from './asked.ts'
import { openLoad, type EchoLoad } from './echo-load.ts'
import { echoSubject } from './echo-subjects.ts'
import type { LoadFigures, PacedRunLength, RunLength } from './load.ts'

/** Where to connect, and what to send there. */
export interface ConnectArgument {
  readonly subject: string
  readonly address: string
  readonly payloadBytes: number
  readonly connectionCount: number
  readonly depth: number
}

/** What a process with echo clients can be asked. */
export interface EchoClientProtocol {
  readonly connect: { readonly argument: ConnectArgument; readonly answer: null }
  readonly run: { readonly argument: RunLength | PacedRunLength; readonly answer: LoadFigures }
  /** Gives a sign of life on each connection: a message and its reply where there is no other. */
  readonly keepalive: { readonly argument: null; readonly answer: null }
  readonly close: { readonly argument: null; readonly answer: null }
}

/** The answers; the connections of one load at a time. */
export function echoClientAnswers(): Answers<EchoClientProtocol> {
  let load: EchoLoad | undefined
  const expectConnected = (): EchoLoad => {
    if (load === undefined) throw new Error('connect comes first')
    return load
  }
  return {
    connect: async ({ subject: name, address, ...options }) => {
      const subject = echoSubject(name)
      load = await ('openLoad' in subject ? subject.openLoad(address, options) : openLoad(subject, address, options))
      return null
    },
    run: (length) => expectConnected().run(length),
    keepalive: async () => {
      await expectConnected().keepalive()
      return null
    },
    close: async () => {
      await load?.close()
      load = undefined
      return null
    },
  }
}
