import type { Progress } from '../../src/threads/progress.ts'
import { MCarrier, type Control } from './carrier.ts'
import type { ChannelEnd } from './channel-ends.ts'

/** From this size on a part of a message crosses in a slab. */
export const SLAB_FROM = 4096
/** Three parts of this size make a record of 12 KiB, of which a ring holds about twenty. */
export const LARGEST_INLINE: number = SLAB_FROM - 1

/** Tells of so many messages taken. */
export function progressOf(takenCount: number): Progress {
  return {
    isConnected: true,
    queuedCount: 1,
    unackedCount: 2,
    queuedBytes: 3,
    takenCount,
    takenBytes: 4,
    lastKeepaliveMs: undefined,
    lastKeepaliveAckMs: 5,
  }
}

/** Sends messages until so many of them wait. Their transaction ids are the numbers below what is returned. */
export function congest({ channel }: ChannelEnd<Control, Control>, waitingCount = 1): number {
  let count = 0
  for (let left = waitingCount; left > 0; count++) {
    channel.sendMessage(7, new MCarrier({ tid: count, front: LARGEST_INLINE, data: LARGEST_INLINE }))
    if (channel.isCongested) left--
  }
  return count
}
