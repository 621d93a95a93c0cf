import { BufferList } from '@msgr/bufferlist'
import { MPing, type FastDispatcherFactory } from '@msgr/messenger'
import { answerThread } from './thread-questions.ts'
import type { EchoClient, EchoClientOwner } from './echo-subject.ts'
import { Load, type LoadFigures, type LoadOptions, type PacedRunLength, type RunLength } from './load.ts'
import { pingWith } from './ping-with.ts'

/** What the thread of a load is given. */
export interface EchoLoadData {
  readonly channelName: string
  readonly options: LoadOptions
}

/** What it can be asked. */
export interface EchoLoadProtocol {
  /** For when all connections are open. */
  readonly run: { readonly argument: RunLength | PacedRunLength; readonly answer: LoadFigures }
}

/**
 * The client's part of an echo, on the thread where its connections live: a reply is checked, and the next message
 * sent, by the dispatcher that gets it.
 */
const makeDispatcher: FastDispatcherFactory = ({ data }) => {
  const { channelName, options } = data as EchoLoadData
  const load = new Load(options)
  const clients: EchoClient[] = []
  answerThread<EchoLoadProtocol>(channelName, { run: (length) => load.run(clients, length) })
  return {
    messages: [MPing],
    msHandleFastConnect: (connection) => {
      if (connection.priv !== undefined) return // made again, of which the messenger's thread knows what to make
      connection.priv = load.owners[clients.length]
      clients.push({
        send: (payload) => void connection.sendMessage(pingWith(new BufferList(payload))),
      })
    },
    msFastDispatch: (message) => {
      const owner = message.connection?.priv as EchoClientOwner | undefined
      owner?.receive(message.data.subarray())
    },
  }
}

// The messenger loads a module for its default export.
export default makeDispatcher
