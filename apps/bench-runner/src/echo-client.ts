import type { Answers } from './asked.ts'
import type { EchoClients } from './echo-subject.ts'
import { echoSubject } from './echo-subjects.ts'
import { Load, type LoadFigures, type PacedRunLength, type RunLength } from './load.ts'

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
  let connected: { readonly connections: EchoClients; readonly load: Load } | undefined
  const expectConnected = (): NonNullable<typeof connected> => {
    if (connected === undefined) throw new Error('connect comes first')
    return connected
  }
  return {
    connect: async ({ subject, address, ...options }) => {
      const load = new Load(options)
      connected = { connections: await echoSubject(subject).connect(address, load.owners), load }
      return null
    },
    run: (length) => {
      const { connections, load } = expectConnected()
      return load.run(connections.clients, length)
    },
    keepalive: async () => {
      const { connections, load } = expectConnected()
      if (connections.keepalive === undefined) await load.sendOnEach(connections.clients)
      else connections.keepalive()
      return null
    },
    close: async () => {
      await connected?.connections.close()
      connected = undefined
      return null
    },
  }
}
