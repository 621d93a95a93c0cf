import { cEpollEnds } from './c-epoll-ends.ts'
import type { EchoClientProtocol } from './echo-client.ts'
import type { EchoEnds } from './echo-ends.ts'
import type { EchoServerProtocol } from './echo-server.ts'
import { C_EPOLL } from './echo-subjects.ts'
import { builtModule, ForkedChild } from './forked-child.ts'

/** The longest run is one of a million messages. */
const ANSWER_DEADLINE_MS = 120_000

/** Starts the two processes of a subject. `serverFlags`: for Node, of the server's. */
export function forkEnds(subject: string, serverFlags: readonly string[] = []): EchoEnds {
  if (subject === C_EPOLL) return cEpollEnds()
  const patience = { answerDeadlineMs: ANSWER_DEADLINE_MS }
  const server = new ForkedChild<EchoServerProtocol>(`server of ${subject}`, builtModule('echo-server-process'), {
    ...patience,
    nodeFlags: serverFlags,
  })
  const clientModule = builtModule('echo-client-process')
  const client = new ForkedChild<EchoClientProtocol>(`client of ${subject}`, clientModule, patience)
  return {
    server,
    client,
    stop: async () => {
      await Promise.all([client.stop(), server.stop()])
    },
  }
}
