import type { Message, MessageHeader } from '@msgr/message'

/** Puts frames of one revision and mode into the output. Is shown all that it writes by `transcript`. */
export interface FrameSink {
  /** A frame with one segment, which is copied. */
  writeSingle(tag: number, payload: Uint8Array): void
  /** A message with this header. Large parts are not copied. */
  writeMessage(header: MessageHeader, ackSeq: number, message: Message): void
}
