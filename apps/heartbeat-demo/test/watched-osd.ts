import { Uuid } from '@msgr/bufferlist'
import { EntityAddr } from '@msgr/message'
import type { FailureReason, HeartbeatLink } from '../src/heartbeat-link.ts'
import type { HeartbeatChannel } from '../src/heartbeat-peer.ts'
import { Osd, type HeartbeatAddresses, type OsdObserver, type OsdOptions } from '../src/osd.ts'
import { SIMPLE } from './raw-peer.ts'

export const LOOPBACK: EntityAddr = EntityAddr.fromIp('v1', '127.0.0.1', 0)
export const FSID: Uuid = Uuid.parse('11111111-2222-3333-4444-555555555555')

/** Quick, and patient: a busy machine must not make anyone look dead. */
export const OSD_OPTIONS: Omit<OsdOptions, 'id'> = {
  fsid: FSID,
  messenger: SIMPLE,
  intervalMs: 60,
  graceMs: 20_000,
  minMessageSize: 2000,
  fastFail: true,
  random: () => 0,
}

/** An OSD whose findings a test can wait for. */
export class WatchedOsd implements OsdObserver {
  readonly osd: Osd
  readonly found: string[] = []
  readonly answers: Record<HeartbeatChannel, number> = { front: 0, back: 0 }
  closed = 0
  readonly #listeners = new Set<() => void>()

  constructor(options: Partial<OsdOptions> & { readonly id: number }) {
    this.osd = new Osd({ ...OSD_OPTIONS, ...options }, this)
  }

  start(): Promise<HeartbeatAddresses> {
    return this.osd.start({ front: LOOPBACK, back: LOOPBACK })
  }

  /** Resolves once it is so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#listeners.add(resolve)
      })
    }
  }

  /** Resolves when so many more answers have come on each channel that there is. */
  async answered(count: number, channels: readonly HeartbeatChannel[] = ['front', 'back']): Promise<void> {
    const before = { ...this.answers }
    await this.until(() => channels.every((channel) => this.answers[channel] >= before[channel] + count))
  }

  pingAnswered(_link: HeartbeatLink, channel: HeartbeatChannel): void {
    this.answers[channel]++
    this.#changed()
  }

  peerFailed(link: HeartbeatLink, reason: FailureReason): void {
    this.#find(`osd.${String(link.id)} failed: ${reason}`)
  }

  peerRecovered(link: HeartbeatLink): void {
    this.#find(`osd.${String(link.id)} recovered`)
  }

  youDied(sender: number, mapEpoch: number): void {
    this.#find(`osd.${sender} says that we died at ${mapEpoch}`)
  }

  linkClosed(): void {
    this.closed++
    this.#changed()
  }

  #find(what: string): void {
    this.found.push(what)
    this.#changed()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}
