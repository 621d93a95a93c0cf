export {
  type AcceptingState,
  type AcceptingStateV1,
  type AcceptingStateV2,
  type RestoreSecurity,
} from './accepting-state.ts'
export { type Allocate } from './allocate.ts'
export { nextBackoff } from './backoff.ts'
export { BodyPool } from './body-pool.ts'
export {
  afterLossy,
  decideAccept,
  type AcceptDecision,
  type AskedSession,
  type AskedSessionV1,
  type AskedSessionV2,
  type SessionState,
  type SessionSummary,
} from './decide-accept.ts'
export { ProtocolError, type ProtocolErrorCode } from './errors.ts'
export { Fifo } from './fifo.ts'
export { GlobalSeq } from './global-seq.ts'
export {
  AuthProtocol,
  NO_AUTHORIZER,
  type Authorizer,
  type AuthorizerAnswer,
  type AuthorizerRefusal,
  type AuthorizerVerdict,
  type ShownAuthorizer,
} from './handshake.ts'
export { InputBytes } from './input-bytes.ts'
export { DEFAULT_LIMITS, type ProtocolLimits } from './limits.ts'
export { OutputBytes } from './output-bytes.ts'
export { OutQueue, weighMessage } from './out-queue.ts'
export { acceptsAnonymously, Policies, type Policy, type PolicyMaker, type PolicyName } from './policy.ts'
export { ClusterProtocol, protocolVersion } from './protocol-version.ts'
export { type SessionEvent } from './session-event.ts'
export { type PeerTerms, type SessionOptions, type SessionTiming } from './session-options.ts'
export { type SessionFacts } from './session-memory.ts'
export { type MessageSigner, type PortableSecurity, type TransportSecurity } from './security.ts'
export { Session } from './session.ts'
export { WireMemory } from './wire-memory.ts'
export { FrameReader, type FrameChecks } from './wire-v1/frame-reader.ts'
export { FrameWriter, type FrameWriterOptions } from './wire-v1/frame-writer.ts'
export { MsgrTag } from './wire-v1/msgr-tag.ts'
export { ConnectionMode } from './wire-v2/connection-mode.ts'
export {
  type Aead,
  type AeadFactory,
  type FrameCipher,
  type FrameCipherPosition,
  type FrameOpening,
  type FrameRevision,
} from './wire-v2/frame-cipher.ts'
export { FrameReaderV2, type FrameSignalV2 } from './wire-v2/frame-reader-v2.ts'
export { FrameTag } from './wire-v2/frame-tag.ts'
export { FrameWriterV2 } from './wire-v2/frame-writer-v2.ts'
export {
  type KeepaliveStamp,
  type TransportFacts,
  type Wire,
  type WireOptions,
  type WireSignal,
  type WireVersion,
} from './wire.ts'
