import { setTimeout as sleep } from 'node:timers/promises'
import type { Answers } from './asked.ts'
import type { EchoServer } from './echo-subject.ts'
import { echoSubject } from './echo-subjects.ts'
import { listening, type Listening } from './listening.ts'

/** How long it takes until memory that is free has been given back. */
const SETTLING_MS = 250

/** What a process with echo servers can be asked. */
export interface EchoServerProtocol {
  /** Opens the subject's server. */
  readonly listen: { readonly argument: string; readonly answer: Listening }
  /** What the process has used of the processor so far, in all its threads and helpers, in microseconds. */
  readonly cpuMicros: { readonly argument: null; readonly answer: number }
  /** The memory that the process has in use, with all garbage collected if Node was started so that it can be. */
  readonly rssBytes: { readonly argument: null; readonly answer: number }
  readonly close: { readonly argument: null; readonly answer: null }
}

/** The answers; one server at a time. */
export function echoServerAnswers(): Answers<EchoServerProtocol> {
  let server: EchoServer | undefined
  return {
    listen: (subject) =>
      listening(async () => {
        server = await echoSubject(subject).listen()
        return server.address
      }),
    cpuMicros: () => {
      const { user, system } = process.cpuUsage()
      return Promise.resolve(user + system + (server?.helperCpuMicros?.() ?? 0))
    },
    rssBytes: async () => {
      // Memory is given back in the background; the second time finds what the first one has let go of.
      for (let count = 0; count < 2; count++) {
        globalThis.gc?.()
        await sleep(SETTLING_MS)
      }
      return process.memoryUsage.rss()
    },
    close: async () => {
      await server?.close()
      server = undefined
      return null
    },
  }
}
