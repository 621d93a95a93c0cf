export { describeMessenger } from './describe-messenger.ts'
export { type MessengerKind } from './messenger-kind.ts'
