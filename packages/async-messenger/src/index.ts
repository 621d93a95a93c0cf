export { AsyncMessenger, type AsyncMessengerSettings } from './async-messenger.ts'
