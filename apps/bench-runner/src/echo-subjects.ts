import type { EchoSubject, ThreadedEchoSubject } from './echo-subject.ts'
import { grpcSubject } from './grpc-subject.ts'
import { messengerSubject } from './messenger-subject.ts'
import { natsSubject } from './nats-subject.ts'
import { nodeNetSubject } from './node-net-subject.ts'
import { nodeTlsSubject } from './node-tls-subject.ts'
import { threadsSubject } from './threads-subject.ts'
import { wsSubject } from './ws-subject.ts'
import { zeromqSubject } from './zeromq-subject.ts'

/** The subject that all others are compared with. */
export const BASELINE: string = nodeNetSubject.name

/** The one that is no program of ours: see `cEpollEnds`. */
export const C_EPOLL = 'c-epoll'

/**
 * Both ends on threads: with fast dispatchers, where threads look for more for a while before they sleep; the same where
 * they sleep at once, as they do by default; and with ordinary dispatchers, on the threads that made the messengers.
 */
const THREADS = 'async-messenger-threads'
/** For how long those look for more that do. */
const IDLE_POLL_MICROS = 200

/** What this runner writes over Node alone, and the messengers. */
const ourSubjects: readonly (EchoSubject | ThreadedEchoSubject)[] = [
  nodeNetSubject,
  nodeTlsSubject,
  messengerSubject('async-messenger', { type: 'async', driver: 'epoll' }),
  messengerSubject('async-messenger-awake', { type: 'async', driver: 'epoll', idlePollMicros: IDLE_POLL_MICROS }),
  threadsSubject(THREADS, IDLE_POLL_MICROS),
  threadsSubject(`${THREADS}-sleeping`, 0),
  messengerSubject(`${THREADS}-ordinary`, { type: 'async', opThreads: 1 }),
  messengerSubject('async-messenger-v2-crc', { type: 'async', driver: 'epoll' }, 'v2-crc'),
  messengerSubject('async-messenger-v2-secure', { type: 'async', driver: 'epoll' }, 'v2-secure'),
  messengerSubject('async-messenger-select', { type: 'async', driver: 'select' }),
  messengerSubject('simple-messenger', { type: 'simple' }),
]

/** Libraries that others have made. A new peer is one more line. */
const peerSubjects: readonly EchoSubject[] = [zeromqSubject, wsSubject, grpcSubject, natsSubject]

const subjects = [...ourSubjects, ...peerSubjects]

/** Who takes part in the echo, in the order in which they take turns. */
export const echoSubjectNames: readonly string[] = [C_EPOLL, ...subjects.map(({ name }) => name)]

/** True for the work of others, whose failures are not ours. */
export function isPeer(name: string): boolean {
  return peerSubjects.some((subject) => subject.name === name)
}

/** The subject of that name. Throws an `Error` if there is none. */
export function echoSubject(name: string): EchoSubject | ThreadedEchoSubject {
  const subject = subjects.find((candidate) => candidate.name === name)
  if (subject === undefined) throw new Error(`echo: there is no subject ${name}`)
  return subject
}
