import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { MessageHeader } from '@msgr/message'
import { onTestFinished } from 'vitest'
import { Channel, type ChannelOwner, type MessageParts } from '../../src/threads/channel.ts'
import type { Progress } from '../../src/threads/progress.ts'

export type Arrival<Incoming> =
  | { readonly kind: 'control'; readonly handle: number; readonly control: Incoming }
  | { readonly kind: 'progress'; readonly handle: number; readonly progress: Progress }
  | {
      readonly kind: 'message'
      readonly handle: number
      readonly header: MessageHeader
      readonly parts: MessageParts
      readonly receivedAtMs: number
    }

/** One end of a channel, moved by hand: what has come through it, and how often it asked for the other to be woken. */
export class ChannelEnd<Outgoing, Incoming> implements ChannelOwner<Incoming> {
  readonly channel: Channel<Outgoing, Incoming>
  readonly arrivals: Arrival<Incoming>[] = []
  wakeCount = 0
  /** How often the channel asked for a call at the end of the turn. */
  turnCount = 0
  flushCount = 0

  constructor(out: SharedArrayBuffer, into: SharedArrayBuffer, port: MessagePort) {
    const wakeOther = (): void => {
      this.wakeCount++
    }
    this.channel = new Channel(out, into, port, wakeOther, () => {
      this.turnCount++
    })
  }

  onControl(handle: number, control: Incoming): void {
    this.arrivals.push({ kind: 'control', handle, control })
  }

  onMessage(handle: number, header: MessageHeader, parts: MessageParts, receivedAtMs: number): void {
    const copy = Object.assign(new MessageHeader(), header)
    this.arrivals.push({ kind: 'message', handle, header: copy, parts, receivedAtMs })
  }

  onProgress(handle: number, progress: Progress): void {
    this.arrivals.push({ kind: 'progress', handle, progress })
  }

  onFlushed(): void {
    this.flushCount++
  }

  process(): boolean {
    return this.channel.process(this)
  }

  /** What has come since the last call. */
  take(): Arrival<Incoming>[] {
    while (this.process());
    return this.arrivals.splice(0)
  }

  /** The controls among what has come since the last call, which is nothing else. */
  takeControls(): Incoming[] {
    return this.take().map((arrival) => {
      if (arrival.kind !== 'control') throw new Error(`expected nothing but controls, got a ${arrival.kind}`)
      return arrival.control
    })
  }
}

/** Both ends of a channel, on this thread. They are closed with the test. */
export function openEnds<A, B>(): readonly [ChannelEnd<A, B>, ChannelEnd<B, A>] {
  const { toThread, fromThread } = Channel.allocate()
  const { port1, port2 } = new MessageChannel()
  const near = new ChannelEnd<A, B>(toThread, fromThread, port1)
  const far = new ChannelEnd<B, A>(fromThread, toThread, port2)
  onTestFinished(() => {
    near.channel.close()
    far.channel.close()
  })
  return [near, far]
}
