export { AsyncMessenger, type AsyncMessengerSettings } from './async-messenger.ts'
export { nativeTools } from './native-tools.ts'
export {
  type FastDispatcher,
  type FastDispatcherContext,
  type FastDispatcherFactory,
} from './threads/fast-dispatcher.ts'
