const KIB = 1024
const MIB = 1024 * KIB

/** The largest payload there is. */
export const MAX_PAYLOAD_BYTES: number = 16 * MIB

/** How long payloads are: mostly short and some long, up to a limit; or anything from one length to another. */
export type PayloadMix =
  | { readonly kind: 'mixed'; readonly maxBytes: number }
  | { readonly kind: 'uniform'; readonly minBytes: number; readonly maxBytes: number }

/** Of a thousand messages, how many are up to how long; each length within is as likely as the others. */
const TIERS = [
  { upTo: 0.7, maxBytes: 256 },
  { upTo: 0.9, maxBytes: 4 * KIB },
  { upTo: 0.99, maxBytes: 64 * KIB },
  { upTo: 0.9995, maxBytes: MIB },
  { upTo: 1, maxBytes: MAX_PAYLOAD_BYTES },
] as const

/** The length for two numbers from 0 up to 1. */
export function payloadLength(mix: PayloadMix, tier: number, within: number): number {
  if (mix.kind === 'uniform') return mix.minBytes + Math.floor(within * (mix.maxBytes - mix.minBytes + 1))
  const tierBytes = TIERS.find(({ upTo }) => tier < upTo)?.maxBytes ?? 0
  return Math.floor(within * (Math.min(tierBytes, mix.maxBytes) + 1))
}

/**
 * The longest payload of the usual mix for a run in which one in `cutEvery` reads and writes breaks the socket. What is
 * too long for the time between two cuts would be begun again and again: a message of 16 MiB takes hundreds of reads.
 */
export function longestPayload(cutEvery: number): number {
  return cutEvery === 0 ? MAX_PAYLOAD_BYTES : Math.min(MAX_PAYLOAD_BYTES, cutEvery * 32 * KIB)
}
