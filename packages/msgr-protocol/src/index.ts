export { type AuthorizerVerdict } from './accept-handshake.ts'
export { nextBackoff } from './backoff.ts'
export { createWire } from './create-wire.ts'
export {
  decideAccept,
  type AcceptDecision,
  type AskedSession,
  type SessionState,
  type SessionSummary,
} from './decide-accept.ts'
export { ProtocolError, type ProtocolErrorCode } from './errors.ts'
export { GlobalSeq } from './global-seq.ts'
export {
  AuthProtocol,
  NO_AUTHORIZER,
  type Authorizer,
  type ConnectReply,
  type ConnectRequest,
  type OpenedReply,
  type PeerIdentity,
  type RetryReply,
} from './handshake.ts'
export { InputBytes } from './input-bytes.ts'
export { DEFAULT_LIMITS, type ProtocolLimits } from './limits.ts'
export { OutputBytes } from './output-bytes.ts'
export { OutQueue, weighMessage } from './out-queue.ts'
export { Policies, type Policy, type PolicyMaker, type PolicyName } from './policy.ts'
export { ClusterProtocol, protocolVersion } from './protocol-version.ts'
export { type SessionEvent } from './session-event.ts'
export { type PeerTerms, type SessionOptions, type SessionTiming } from './session-options.ts'
export { type SessionFacts } from './session-memory.ts'
export { Session } from './session.ts'
export { FrameReader, type FrameChecks } from './wire-v1/frame-reader.ts'
export { FrameWriter, type FrameWriterOptions } from './wire-v1/frame-writer.ts'
export { MsgrTag } from './wire-v1/msgr-tag.ts'
export { type KeepaliveStamp, type TransportFacts, type Wire, type WireOptions, type WireSignal } from './wire.ts'
