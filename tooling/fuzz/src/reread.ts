import { BufferEncoder, BufferList, type BufferCursor, type Codec } from '@msgr/bufferlist'
import { CountedList } from './counted-list.ts'
import { cut } from './cut.ts'
import { failureCode, outcomeOf } from './documented-error.ts'
import { promise } from './errors.ts'
import { Trace } from './trace.ts'

/** How something is read from a payload, and written into one. */
export interface Reading<T> {
  readonly decode: (cursor: BufferCursor) => T
  readonly encode: (encoder: BufferEncoder, value: T) => void
  /** What is written has no room for all that was read, so that it may be written otherwise the next time. */
  readonly isLossy?: boolean
}

/** The same as a codec's. */
export function readingOf<T>(codec: Codec<T>): Reading<T> {
  return {
    decode: (cursor) => codec.decode(cursor),
    encode: (encoder, value) => {
      codec.encode(encoder, value)
    },
  }
}

/**
 * Reads `bytes`, and holds the reading to what is promised for all bytes: they are read or refused in the same way
 * however they are cut; and what was read can be written, read back and written again, with the same bytes as before.
 * Returns the signature of the way it went.
 */
export function reread<T>({ decode, encode, isLossy = false }: Reading<T>, bytes: Uint8Array, cutSeed: number): Trace {
  const trace = new Trace(32 + 4 * bytes.length)
  const encoded = (value: T): BufferList => {
    const encoder = new BufferEncoder()
    encode(encoder, value)
    return encoder.toBufferList()
  }
  const whole = outcomeOf(() => encoded(decode(new CountedList(trace, cut(bytes, 0)).cursor())))
  const inPieces = new BufferList()
  for (const chunk of cut(bytes, cutSeed)) inPieces.append(chunk)
  const again = outcomeOf(() => encoded(decode(inPieces.cursor())))
  trace.note(whole.failure === undefined ? 'read' : failureCode(whole.failure))
  if (whole.failure !== undefined || again.failure !== undefined) {
    const texts = [whole.failure ?? 'fine', again.failure ?? 'fine']
    promise(texts[0] === texts[1], () => `in one piece: ${texts[0] ?? ''}; in many: ${texts[1] ?? ''}`)
    return trace
  }
  promise(whole.value.equals(again.value), () => 'what is read depends on how the bytes are cut')
  const cursor = whole.value.cursor()
  const secondTime = encoded(decode(cursor))
  promise(cursor.isAtEnd, () => `${cursor.remaining} bytes of what was written are not read back`)
  promise(isLossy || secondTime.equals(whole.value), () => 'what was written and read back is written otherwise')
  return trace
}
