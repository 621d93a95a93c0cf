export {
  AuthProtocol,
  ClusterProtocol,
  ConnectionMode,
  NO_AUTHORIZER,
  Policies,
  ProtocolError,
  type Authorizer,
  type AuthorizerAnswer,
  type AuthorizerRefusal,
  type AuthorizerVerdict,
  type Policy,
  type PolicyName,
  type TransportSecurity,
} from '@msgr/msgr-protocol'
export { allocateUncleared } from './allocate-uncleared.ts'
export { type AcceptContext, type Authenticator, type HandshakeContext } from './authenticator.ts'
export { type Listener } from './bind-in-range.ts'
export { type ConnectionHost } from './connection-host.ts'
export { type ConnectionRole } from './connection-role.ts'
export { MessengerError, TransportError, type MessengerErrorCode } from './errors.ts'
export { type FaultInjector } from './fault-injector.ts'
export { silentLogger, type Logger } from './logger.ts'
export {
  messengerOptionTable,
  optionsFromCephConf,
  type MessengerOptions,
  type OptionRow,
} from './messenger-options.ts'
export { type MessengerSettings } from './messenger-settings.ts'
export { Messenger } from './messenger.ts'
export { NoneAuthenticator } from './none-authenticator.ts'
export { type ConnectOptions, type PeerAddress } from './peer-address.ts'
export { type PolicyThrottlers } from './policy-table.ts'
export { SessionConnection } from './session-connection.ts'
export { type WireTools } from './session-options-for.ts'
export { nodeTimers, type Timer, type Timers } from './timers.ts'
export { type Transport, type TransportOwner } from './transport.ts'
