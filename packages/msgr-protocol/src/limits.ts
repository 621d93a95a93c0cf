/** What a peer may make us hold or do. A peer that exceeds one is cut off before memory is taken. */
export interface ProtocolLimits {
  /** Lengths of the parts of one message, in bytes. */
  readonly maxFrontBytes: number
  readonly maxMiddleBytes: number
  readonly maxDataBytes: number
  /** Length of an authorizer, a challenge or a reply to one, in bytes. */
  readonly maxAuthorizerBytes: number
  /** Length of what one frame of the handshake of version 2 says, in bytes. */
  readonly maxControlBytes: number
  /** How often one handshake may start over on the same transport. */
  readonly maxHandshakeRounds: number
}

const MIB = 1024 * 1024

export const DEFAULT_LIMITS: ProtocolLimits = {
  maxFrontBytes: 128 * MIB,
  maxMiddleBytes: 16 * MIB,
  maxDataBytes: 256 * MIB,
  maxAuthorizerBytes: 4096,
  maxControlBytes: 16_384,
  maxHandshakeRounds: 32,
}
