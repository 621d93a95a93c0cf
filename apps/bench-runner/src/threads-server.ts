import {
  ClusterProtocol,
  createMessenger,
  EntityAddr,
  EntityName,
  EntityType,
  Policies,
  type Messenger,
  type MessengerSettings,
} from '@msgr/messenger'
import { MOSDPing, OsdKnowledge, type PingAnswererData } from '@msgr-apps/heartbeat-demo'
import type { Answers } from './asked.ts'
import { LatencyRecorder } from './latency.ts'
import { listening, type Listening } from './listening.ts'
import { monotonicMs } from './monotonic.ts'
import { pingWith } from './ping-with.ts'
import { threadTimesOf, type ThreadTimes } from './thread-cpu.ts'
import { builtThread } from './thread-module.ts'

/** Of the cluster whose OSDs ping each other here. */
export const FSID = '8b1c9d1e-6a63-4f0a-9a54-3f7c1b2d4e5f'

const NANOS_PER_MS = 1e6

/** What a server is to do, and on how many threads besides the one that made its messenger. */
export interface ServeArgument {
  /**
   * `echo`: send messages back, by an ordinary dispatcher. `hand-over`: the same, and look how long messages take from
   * the thread of their connection to that dispatcher. `pings`: answer heartbeats, by a fast dispatcher.
   */
  readonly role: 'echo' | 'hand-over' | 'pings'
  readonly opThreads: number
}

/** What a process with such a server can be asked. */
export interface ThreadsServerProtocol {
  readonly listen: { readonly argument: ServeArgument; readonly answer: Listening }
  readonly threadTimes: { readonly argument: null; readonly answer: ThreadTimes }
  /** The main thread's number among those. */
  readonly mainThread: { readonly argument: null; readonly answer: string }
  /** How long the hand-overs took since this was asked last. For `LatencyDistribution`. */
  readonly handOvers: { readonly argument: null; readonly answer: string }
  readonly close: { readonly argument: null; readonly answer: null }
}

/** The answers; one server at a time. */
export function threadsServerAnswers(): Answers<ThreadsServerProtocol> {
  let messenger: Messenger | undefined
  let handOvers = new LatencyRecorder()
  return {
    listen: (argument) =>
      listening(async () => {
        messenger = makeMessenger(argument, (nanos) => {
          handOvers.record(nanos)
        })
        return (await messenger.bind(EntityAddr.fromIp('v1', '127.0.0.1', 0))).toString()
      }),
    threadTimes: () => Promise.resolve(threadTimesOf(process.pid)),
    mainThread: () => Promise.resolve(String(process.pid)),
    handOvers: () => {
      const packed = handOvers.pack()
      handOvers = new LatencyRecorder()
      return Promise.resolve(packed)
    },
    close: async () => {
      await messenger?.shutdown()
      messenger = undefined
      return null
    },
  }
}

function makeMessenger({ role, opThreads }: ServeArgument, handedOver: (nanos: number) => void): Messenger {
  const checks: MessengerSettings = { crcHeader: true, crcData: true, opThreads }
  const name = EntityName.osd(0)
  if (role === 'pings') {
    // Without a map nobody is dead.
    const data: PingAnswererData = { fsid: FSID, minMessageSize: 0, knowledge: new OsdKnowledge().memory }
    const thread = { fastDispatcher: builtThread('ping-answer-thread'), fastDispatcherData: data }
    const messenger = createMessenger(name, { type: 'async', ...checks, ...thread, messages: [MOSDPing] })
    messenger.setPolicy(EntityType.osd, Policies.statelessServer())
    messenger.setClusterProtocol(ClusterProtocol.osd)
    // Nobody is let in before there is someone who dispatches, though all that comes is dispatched elsewhere.
    messenger.addDispatcherHead({ msDispatch: () => true })
    return messenger
  }
  const isTimed = role === 'hand-over'
  const thread = isTimed ? { fastDispatcher: builtThread('hand-over-thread') } : {}
  const messenger = createMessenger(name, { type: 'async', ...checks, ...thread })
  messenger.setDefaultPolicy(Policies.losslessPeer())
  messenger.setPolicy(EntityType.client, Policies.statelessServer())
  messenger.addDispatcherHead({
    msDispatch: (message) => {
      if (isTimed) handedOver((monotonicMs() - message.recvStampMs) * NANOS_PER_MS)
      message.connection?.sendMessage(pingWith(message.data))
      return true
    },
  })
  return messenger
}
