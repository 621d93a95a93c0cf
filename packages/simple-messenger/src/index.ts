export { SimpleMessenger } from './simple-messenger.ts'
