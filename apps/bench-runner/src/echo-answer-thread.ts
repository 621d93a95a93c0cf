import { MPing, type FastDispatcherFactory } from '@msgr/messenger'
import { pingWith } from './ping-with.ts'

/** The server's part of an echo, on the thread where its connections live. */
const makeDispatcher: FastDispatcherFactory = () => ({
  messages: [MPing],
  msFastDispatch: ({ connection, data }) => void connection?.sendMessage(pingWith(data)),
})

// The messenger loads a module for its default export.
export default makeDispatcher
