import fc from 'fast-check'
import { arbitraryFrames } from '../arbitrary-frames.ts'
import { readHexFiles } from '../hex-file.ts'
import type { Target } from '../target.ts'
import { concat, FOOTER_LENGTH, message, repairFrames, tagged } from '../v1-stream.ts'
import { OPENING, openAccepting } from './accept-handshake.ts'
import { maxSessionBytes, readTwice, setupOf, SETUP_LENGTH, withSetup } from './session-input.ts'

const GOLDEN = [
  ...readHexFiles('packages/message/test/golden', /-frame\.hex$/),
  ...readHexFiles('packages/msgr-protocol/test/golden', /^mosdping-|^mping-client/),
  ...readHexFiles('apps/heartbeat-demo/test/golden', /^(ping-v[45]|ping-reply|you-died)/),
]
const NOTHING = new Uint8Array(0)
const EMPTY_PING = { seq: 1n, type: 2, version: 1, compatVersion: 1, front: NOTHING, middle: NOTHING, data: NOTHING }
const FRONTS = GOLDEN.map((frame) => frame.subarray(54, frame.length - FOOTER_LENGTH))

/** What follows the handshake: an open session, with or without checksums. */
export const frames: Target = {
  name: 'frames',
  seeds: () => {
    // Bodies up to 4 KiB are copied, larger ones are views of what the transport read.
    const large = message({ ...EMPTY_PING, data: new Uint8Array(4200).fill(7) })
    const others = concat(tagged(8, 1n), tagged(14, 5n), tagged(15, 6n), Uint8Array.of(9), Uint8Array.of(6))
    const twice = concat(message(EMPTY_PING), message({ ...EMPTY_PING, seq: 2n }), message(EMPTY_PING))
    return [...GOLDEN, others, twice, large].flatMap((stream) => [0, 0x44].map((mode) => withSetup(stream, mode, mode)))
  },
  structured: fc
    .tuple(fc.nat(255), fc.nat(255), arbitraryFrames(FRONTS))
    .map(([mode, seed, parts]) => withSetup(concat(...parts), mode, seed)),
  maxAllocatedBytes: maxSessionBytes,
  repair: (bytes) => {
    repairFrames(bytes, SETUP_LENGTH, FOOTER_LENGTH)
  },
  run: (bytes) =>
    readTwice(bytes, (trace) => {
      // Held sessions and authorizers are the handshake's affair.
      const driver = openAccepting(setupOf(bytes).mode & 0x47, trace)
      driver.receive(OPENING.slice())
      return driver
    }),
}
