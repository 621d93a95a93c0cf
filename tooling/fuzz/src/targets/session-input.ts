import { promise } from '../errors.ts'
import { cut } from '../cut.ts'
import { BODY_LIMIT, LIMITS } from '../session-options.ts'
import { Trace } from '../trace.ts'

/** Bytes before the stream: what the session is set up with, and how the stream is cut. */
export const SETUP_LENGTH = 2

/** The setup of an input; for one that is too short, as if the rest were zeros. */
export function setupOf(bytes: Uint8Array): {
  readonly mode: number
  readonly stream: Uint8Array
  readonly cutSeed: number
} {
  return { mode: bytes[0] ?? 0, cutSeed: (bytes[1] ?? 0) + 1, stream: bytes.subarray(SETUP_LENGTH) }
}

/** A stream with a setup before it. */
export function withSetup(stream: Uint8Array, mode = 0, cutSeed = 0): Uint8Array {
  return Uint8Array.from([mode, cutSeed, ...stream])
}

/** What reads a stream, and writes down what does not depend on how that is cut. */
export interface StreamDriver {
  readonly log: readonly string[]
  receive(chunk: Uint8Array): void
  end(): void
}

/**
 * Has two drivers of the same kind read a stream, that of the input if no other is given, one in one piece and one in
 * many, and compares: TCP may cut it anywhere. `open` makes a driver whose transport is open.
 */
export function readTwice(
  bytes: Uint8Array,
  open: (trace: Trace) => StreamDriver,
  stream: Uint8Array = setupOf(bytes).stream,
): number {
  const { cutSeed } = setupOf(bytes)
  const maxSteps = 128 + 4 * bytes.length
  const trace = new Trace(maxSteps)
  const whole = open(trace)
  for (const chunk of cut(stream, 0)) whole.receive(chunk)
  whole.end()

  const inPieces = open(new Trace(maxSteps))
  for (const chunk of cut(stream, cutSeed)) inPieces.receive(chunk)
  inPieces.end()
  const logs = [whole.log, inPieces.log].map((log) => log.join('\n'))
  promise(logs[0] === logs[1], () => `the stream in one piece:\n${logs[0] ?? ''}\nand in many:\n${logs[1] ?? ''}`)
  return trace.signature
}

/** Two sessions, each with what one message and one authorizer may make it hold, and what the bytes really hold. */
export function maxSessionBytes(inputLength: number): number {
  return 2 * (256 * 1024 + BODY_LIMIT + LIMITS.maxAuthorizerBytes) + 512 * inputLength
}
