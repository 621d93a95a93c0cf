import { MPing, type FastDispatcherFactory } from '@msgr/messenger'
import { monotonicMs } from './monotonic.ts'

/** Takes nothing, but stamps what it sees with the time at which the messenger's thread is to be given it. */
const makeDispatcher: FastDispatcherFactory = () => ({
  messages: [MPing],
  msCanFastDispatch: (message) => {
    message.recvStampMs = monotonicMs()
    return false
  },
  msFastDispatch: () => {
    throw new Error('a dispatcher that takes nothing was given something')
  },
})

// The messenger loads a module for its default export.
export default makeDispatcher
