export { AsyncMessenger, type AsyncMessengerSettings } from '@msgr/async-messenger'
export { Throttle, type Dispatcher } from '@msgr/dispatcher'
export {
  EntityAddr,
  EntityName,
  EntityType,
  Feature,
  Message,
  MPing,
  Priority,
  type Connection,
  type EntityInst,
  type MessageClass,
  type SendResult,
} from '@msgr/message'
export {
  AuthProtocol,
  ClusterProtocol,
  Messenger,
  MessengerError,
  NO_AUTHORIZER,
  NoneAuthenticator,
  optionsFromCephConf,
  Policies,
  ProtocolError,
  type Authenticator,
  type Authorizer,
  type AuthorizerVerdict,
  type ConnectOptions,
  type Logger,
  type MessengerOptions,
  type MessengerSettings,
  type PeerAddress,
  type Policy,
  type PolicyName,
  type PolicyThrottlers,
} from '@msgr/messenger-core'
export { SimpleMessenger } from '@msgr/simple-messenger'
export { createMessenger, type CreateMessengerSettings } from './create-messenger.ts'
