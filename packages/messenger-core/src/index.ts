export { Throttle, type Dispatcher } from '@msgr/dispatcher'
export {
  acceptsAnonymously,
  AuthProtocol,
  BodyPool,
  ClusterProtocol,
  ConnectionMode,
  Fifo,
  GlobalSeq,
  NO_AUTHORIZER,
  Policies,
  ProtocolError,
  Session,
  weighMessage,
  type AcceptingState,
  type AskedSession,
  type Authorizer,
  type AuthorizerAnswer,
  type AuthorizerRefusal,
  type AuthorizerVerdict,
  type Policy,
  type PolicyName,
  type PortableSecurity,
  type SessionOptions,
  type TransportSecurity,
  type WireVersion,
} from '@msgr/msgr-protocol'
export { admissionSteps, releaseSteps, type AdmissionStep } from './admission.ts'
export { allocateUncleared } from './allocate-uncleared.ts'
export { type AcceptContext, type Authenticator, type HandshakeContext } from './authenticator.ts'
export { type Listener } from './bind-in-range.ts'
export { type ConnectionHost } from './connection-host.ts'
export { type ConnectionRole, type DialRole } from './connection-role.ts'
export { ConnectionTable } from './connection-table.ts'
export { DrainGate } from './drain-gate.ts'
export { EarlyWrites } from './early-writes.ts'
export { MessengerError, TransportError, type MessengerErrorCode } from './errors.ts'
export { FaultInjector } from './fault-injector.ts'
export { type HeldConnection } from './held-connection.ts'
export { silentLogger, type Logger } from './logger.ts'
export { type MessengerHost } from './messenger-host.ts'
export {
  messengerOptionTable,
  optionsFromCephConf,
  type MessengerOptions,
  type OptionRow,
} from './messenger-options.ts'
export { type MessengerParts, type MessengerSettings } from './messenger-settings.ts'
export { Messenger } from './messenger.ts'
export { NoneAuthenticator } from './none-authenticator.ts'
export { type ConnectOptions, type PeerAddress } from './peer-address.ts'
export { PolicyTable, type PolicyEntries, type PolicyThrottlers } from './policy-table.ts'
export { SessionConnection } from './session-connection.ts'
export { sessionOptionsFor, type WireTools } from './session-options-for.ts'
export { settleRequest } from './settle-request.ts'
export { nodeTimers, type Timer, type Timers } from './timers.ts'
export { type Transport, type TransportOwner } from './transport.ts'
