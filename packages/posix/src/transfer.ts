import { IOV_MAX } from './constants.ts'
import { BufferRangeError } from './errors.ts'
import { descriptorBinding, native, REFUSED } from './native-binding.ts'

// Moving bytes. The answer is always a value: a count, or a negated errno to compare with, as in `n === -EAGAIN`. A
// call that a signal cut short is repeated.

/**
 * Receives into buffer[offset, offset + length): the bytes received; 0 at the end of the stream (or for length 0);
 * or a negated errno: -EAGAIN when nothing is there. Throws BufferRangeError. The buffer may be shared memory.
 */
export function recv(fd: number, buffer: Uint8Array, offset: number, length: number): number {
  const result = native().recv(fd, buffer, offset, length)
  if (result === REFUSED) throw new BufferRangeError('recv', offset, length, buffer.length)
  return result
}

/**
 * Sends buffer[offset, offset + length): the bytes that the kernel took, or a negated errno (-EAGAIN, -EPIPE). Never
 * raises SIGPIPE. `more`: further bytes follow at once, so the kernel may wait to fill its packet (MSG_MORE). Cheaper
 * than `sendmsg` for one buffer. Throws BufferRangeError.
 */
export function send(fd: number, buffer: Uint8Array, offset: number, length: number, more: boolean): number {
  const result = native().send(fd, buffer, offset, length, more)
  if (result === REFUSED) throw new BufferRangeError('send', offset, length, buffer.length)
  return result
}

/**
 * Sends all chunks in order, the first from `firstOffset` on, any number of them in as few sendmsg(2) calls as IOV_MAX
 * allows: the bytes that the kernel took, which may be less than all, or a negated errno if it took none. Never raises
 * SIGPIPE. `more` as for `send`. Reads the chunks only during the call. Throws BufferRangeError if `firstOffset` is
 * beyond the first chunk.
 *
 * Ceph: src/msg/async/PosixStack.cc, do_sendmsg
 */
export function sendmsg(fd: number, chunks: readonly Uint8Array[], firstOffset: number, more: boolean): number {
  if (chunks.length > IOV_MAX) return sendmsgInParts(fd, chunks, firstOffset, more)
  const result = native().sendmsg(fd, firstOffset, more, ...chunks)
  if (result === REFUSED) throw new BufferRangeError('sendmsg', firstOffset, 0, chunks[0]?.length ?? 0)
  return result
}

function sendmsgInParts(fd: number, chunks: readonly Uint8Array[], firstOffset: number, more: boolean): number {
  let sent = 0
  for (let start = 0; start < chunks.length; start += IOV_MAX) {
    const part = chunks.slice(start, start + IOV_MAX)
    const skipped = start === 0 ? firstOffset : 0
    let result: number
    try {
      result = sendmsg(fd, part, skipped, more || start + IOV_MAX < chunks.length)
    } catch (error) {
      // A chunk of a wrong type. What went out is counted, and the next call meets that chunk first.
      if (sent > 0) return sent
      throw error
    }
    if (result < 0) return sent > 0 ? sent : result
    sent += result
    if (result < part.reduce((total, chunk) => total + chunk.length, -skipped)) break
  }
  return sent
}

/** read(2) on any descriptor, otherwise as `recv`. */
export function read(fd: number, buffer: Uint8Array, offset: number, length: number): number {
  const result = descriptorBinding().read(fd, buffer, offset, length)
  if (result === REFUSED) throw new BufferRangeError('read', offset, length, buffer.length)
  return result
}

/** write(2) on any descriptor, otherwise as `send`; but nothing holds SIGPIPE back, which Node ignores by itself. */
export function write(fd: number, buffer: Uint8Array, offset: number, length: number): number {
  const result = descriptorBinding().write(fd, buffer, offset, length)
  if (result === REFUSED) throw new BufferRangeError('write', offset, length, buffer.length)
  return result
}
