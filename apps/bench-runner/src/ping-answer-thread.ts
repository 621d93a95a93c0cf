import { Uuid } from '@msgr/bufferlist'
import type { FastDispatcherFactory } from '@msgr/messenger'
import { HeartbeatDispatcher, MOSDPing, PeerClocks } from '@msgr-apps/heartbeat-demo'

const nothing = (): void => undefined

/** Answers pings with the dispatcher of an OSD of the heartbeat demonstration, whose cluster's id is the data. */
const makeDispatcher: FastDispatcherFactory = ({ data }) => {
  const dispatcher = new HeartbeatDispatcher({
    fsid: Uuid.parse(data as string),
    ...{ isStopping: false, mapEpoch: 1, upFrom: 1, minMessageSize: 0, clocks: new PeerClocks() },
    nowMs: () => performance.now(),
    isDead: () => false,
    ...{ pingReplied: nothing, youDied: nothing, connectionReset: nothing, connectionRefused: nothing },
  })
  return {
    messages: [MOSDPing],
    msFastDispatch: (message) => {
      dispatcher.msFastDispatch(message)
    },
  }
}

// The messenger loads a module for its default export.
export default makeDispatcher
