import type { CreateMessengerSettings } from '@msgr/messenger'
import { AskedThread } from './thread-questions.ts'
import { builtThread } from './thread-module.ts'
import type { EchoLoad } from './echo-load.ts'
import type { EchoLoadData, EchoLoadProtocol } from './echo-load-thread.ts'
import type { ThreadedEchoSubject } from './echo-subject.ts'
import { BenchError } from './errors.ts'
import type { LoadOptions } from './load.ts'
import { messengerSubject } from './messenger-subject.ts'

/**
 * The same as `messengerSubject`, with each end on a thread of its own that does everything: its sockets, its sessions,
 * and, as a fast dispatcher, the answers of the server and the load of the client. The threads on which the messengers
 * were made open connections, and have no part in messages.
 */
export function threadsSubject(name: string, idlePollMicros: number): ThreadedEchoSubject {
  const threads = { type: 'async', opThreads: 1, idlePollMicros } as const
  const answerer = { ...threads, fastDispatcher: builtThread('echo-answer-thread') }
  return {
    name,
    listen: () => messengerSubject(name, answerer).listen(),
    openLoad: (address, options) => openThreadLoad({ name, threads }, address, options),
  }
}

interface ThreadsChoice {
  readonly name: string
  readonly threads: Extract<CreateMessengerSettings, { readonly type: 'async' }>
}

async function openThreadLoad(
  { name, threads }: ThreadsChoice,
  address: string,
  options: LoadOptions,
): Promise<EchoLoad> {
  const thread = new AskedThread<EchoLoadProtocol>(`load of ${name}`)
  const data: EchoLoadData = { channelName: thread.channelName, options }
  const fastDispatcher = builtThread('echo-load-thread')
  const subject = messengerSubject(name, { ...threads, fastDispatcher, fastDispatcherData: data })
  const owner = {
    receive: () => {
      thread.fail(
        new BenchError('ERR_BENCH_REPLY', `${name}: a reply has come to another thread than that of the load`),
      )
    },
    fail: (error: Error) => {
      thread.fail(error)
    },
  }
  try {
    const connections = await subject.connect(
      address,
      Array.from({ length: options.connectionCount }, () => owner),
    )
    return {
      run: (length) => thread.ask('run', length),
      keepalive: () => {
        connections.keepalive?.()
        return Promise.resolve()
      },
      close: async () => {
        thread.close()
        await connections.close()
      },
    }
  } catch (error) {
    thread.close()
    throw error
  }
}
