import type { Message } from '@msgr/message'
import type { OutQueue } from './out-queue.ts'
import type { SessionKeepalives } from './session-keepalives.ts'
import type { SessionMemory } from './session-memory.ts'
import type { Wire } from './wire.ts'

/** True if `writeFrames` has something to write. */
export function hasFrames(memory: SessionMemory, keepalives: SessionKeepalives): boolean {
  return memory.queue.length > 0 || owesAck(memory) || keepalives.isPending
}

/** The peer keeps what it sends until we say that we have it, and we have not said so of the last message we got. */
function owesAck(memory: SessionMemory): boolean {
  return !memory.agreedLossy && memory.inSeq > memory.inSeqAcked
}

/**
 * Writes what an open session has to say until the wire holds `maxBytes`: keepalives, then messages, and last one ack
 * for everything received. Throws what a message's `encodePayload` throws.
 *
 * Ceph: src/msg/async/ProtocolV1.cc, write_event
 */
export function writeFrames(memory: SessionMemory, keepalives: SessionKeepalives, wire: Wire, maxBytes: number): void {
  const { queue, lossy, features } = memory
  if (keepalives.isPending) keepalives.write(wire)
  while (wire.outputLength < maxBytes) {
    const message = queue.take(!lossy)
    if (message === undefined) break
    memory.isConfirmed = true
    encodeTaken(message, features, queue)
    wire.writeMessage(message, queue.takenSeq, memory.inSeq)
    if (wire.messagesCarryAcks) memory.inSeqAcked = memory.inSeq
  }
  if (!owesAck(memory)) return
  wire.writeAck(memory.inSeq)
  memory.inSeqAcked = memory.inSeq
}

/** A message that cannot be encoded must not leave a hole behind: the next one gets its number. */
function encodeTaken(message: Message, features: bigint, queue: OutQueue): void {
  try {
    message.encode(features)
    queue.reweighTaken(message)
  } catch (error) {
    queue.giveUpTaken()
    throw error
  }
}
