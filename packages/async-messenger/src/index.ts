export { AsyncMessenger, type AsyncMessengerSettings } from './async-messenger.ts'
export { nativeTools } from './native-tools.ts'
