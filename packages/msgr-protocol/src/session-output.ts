import type { SessionKeepalives } from './session-keepalives.ts'
import type { SessionMemory } from './session-memory.ts'
import type { Wire } from './wire.ts'

/** True if `writeFrames` has something to write. */
export function hasFrames(memory: SessionMemory, keepalives: SessionKeepalives): boolean {
  return memory.queue.length > 0 || owesAck(memory) || keepalives.isPending
}

/** The peer of a lossless session has not been told of the last message we have got. */
function owesAck(memory: SessionMemory): boolean {
  return !memory.lossy && memory.inSeq > memory.inSeqAcked
}

/**
 * Writes what an open session has to say until the wire holds `maxBytes`: keepalives, then messages, and last one ack
 * for everything received. Ceph: src/msg/async/ProtocolV1.cc, write_event
 */
export function writeFrames(memory: SessionMemory, keepalives: SessionKeepalives, wire: Wire, maxBytes: number): void {
  const { queue, lossy, features } = memory
  if (keepalives.isPending) keepalives.write(wire)
  while (wire.outputLength < maxBytes) {
    const message = queue.take(!lossy)
    if (message === undefined) break
    message.encode(features)
    wire.writeMessage(message, queue.takenSeq)
  }
  if (!owesAck(memory)) return
  wire.writeAck(memory.inSeq)
  memory.inSeqAcked = memory.inSeq
}
