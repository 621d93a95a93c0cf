import * as posix from '@msgr/posix'

/**
 * Ends the wait of the event center that this descriptor came from; see `EventCenter.openWakeupFd`. May be called from
 * any thread, since descriptors belong to the process, until that center is closed: then the number may be another's.
 *
 * Any number of calls before the center comes to wait end one wait.
 *
 * @throws PosixError, for a number that is no such descriptor.
 */
export function signalWakeup(wakeupFd: number): void {
  const result = posix.eventfdWrite(wakeupFd)
  // A counter that is full has been readable all along.
  if (result < 0 && result !== -posix.EAGAIN) throw new posix.PosixError('write', -result)
}

/**
 * The descriptor through which a center is woken: an eventfd(2), in the place of Ceph's pipe, since it needs one
 * descriptor for two and one read however often it was written.
 *
 * Ceph: src/msg/async/Event.cc, C_handle_notify.
 */
export class WakeupFd {
  /** The caller may watch it and hand it out, but must not close it. */
  readonly fd: number = posix.eventfd()

  /** Makes it unreadable until the next `signalWakeup`. */
  drain(): void {
    const result = posix.eventfdRead(this.fd)
    if (result < 0 && result !== -posix.EAGAIN) throw new posix.PosixError('read', -result)
  }

  close(): void {
    posix.close(this.fd)
  }
}
