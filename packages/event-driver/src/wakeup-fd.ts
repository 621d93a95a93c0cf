import * as posix from '@msgr/posix'

/** What a center is woken through: an eventfd(2), which only Linux has, or a pipe. */
export type WakeupKind = 'eventfd' | 'pipe'

/** An eventfd takes numbers of eight bytes only; to a pipe they are eight bytes. */
const ONE = new Uint8Array(BigUint64Array.of(1n).buffer)
/** Where what is read goes, which is of no interest. */
const drained = new Uint8Array(4_096)

/**
 * Ends the wait of the event center that this descriptor came from; see `EventCenter.openWakeupFd`. May be called from
 * any thread, since descriptors belong to the process, until that center is closed: then the number may be another's.
 *
 * Any number of calls before the center comes to wait end one wait.
 *
 * @throws PosixError, for a number that is no such descriptor.
 */
export function signalWakeup(wakeupFd: number): void {
  const result = posix.write(wakeupFd, ONE, 0, ONE.length)
  // A counter or a pipe that is full has been readable all along.
  if (result < 0 && result !== -posix.EAGAIN) throw new posix.PosixError('write', -result)
}

/** The best kind of a platform. */
export function wakeupKind(platform: NodeJS.Platform): WakeupKind {
  return platform === 'linux' ? 'eventfd' : 'pipe'
}

/**
 * The descriptors through which a center is woken. Where there is an eventfd it takes the place of Ceph's pipe, since it
 * is one descriptor for two and needs one read however often it was written.
 *
 * Ceph: src/msg/async/Event.cc, C_handle_notify.
 */
export class WakeupFd {
  /** Readable from the first signal on until `drain`. The caller may watch it, but must not close it. */
  readonly readFd: number
  /** What `signalWakeup` takes: the same, if it is an eventfd. The caller may hand it out, but must not close it. */
  readonly signalFd: number

  constructor(kind: WakeupKind = wakeupKind(process.platform)) {
    if (kind === 'eventfd') this.readFd = this.signalFd = posix.eventfd()
    else [this.readFd, this.signalFd] = posix.pipe()
  }

  /** Makes `readFd` unreadable until the next `signalWakeup`. */
  drain(): void {
    let result: number
    do result = posix.read(this.readFd, drained, 0, drained.length)
    while (result === drained.length)
    if (result < 0 && result !== -posix.EAGAIN) throw new posix.PosixError('read', -result)
  }

  close(): void {
    posix.close(this.readFd)
    if (this.signalFd !== this.readFd) posix.close(this.signalFd)
  }
}
