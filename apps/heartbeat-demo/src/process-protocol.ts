import type { ClusterMap } from './cluster-map.ts'
import type { HeartbeatChannel } from './heartbeat-peer.ts'
import type { FailureReport, Finding } from './m-failure-report.ts'
import type { MessengerChoice } from './messenger-choice.ts'

// What the demo and its processes say to each other, over the pipe that Node opens between a process and its children.
// It only steers and watches: everything that belongs to the cluster goes over messengers.

/** How an OSD process is started: the JSON text of its only argument. */
export interface OsdProcessConfig {
  readonly id: number
  readonly fsid: string
  readonly monitorAddr: string
  readonly messenger: MessengerChoice
  readonly intervalMs: number
  readonly graceMs: number
  readonly minMessageSize: number
  readonly fastFail: boolean
  readonly seed: number
}

/** How a monitor process is started. */
export interface MonitorProcessConfig {
  readonly fsid: string
  readonly messenger: MessengerChoice
  readonly graceMs: number
  readonly minReporters: number
}

export type ToChild =
  | { readonly kind: 'stop' }
  /** The processes to wake up should the demo vanish: one that is stopped could not notice by itself. */
  | { readonly kind: 'siblings'; readonly pids: readonly number[] }

/** A map, as far as the demo looks at it. */
export interface MapSummary {
  readonly epoch: number
  readonly osds: readonly {
    readonly id: number
    readonly isUp: boolean
    readonly upFrom: number
    readonly front: string
    readonly back: string
  }[]
}

export type FromMonitor =
  | { readonly kind: 'listening'; readonly addr: string }
  | {
      readonly kind: 'map'
      readonly map: MapSummary
      readonly peers: readonly (readonly [number, readonly number[]])[]
    }
  | { readonly kind: 'report'; readonly reporter: number; readonly report: FailureReport; readonly counts: boolean }
  | {
      readonly kind: 'markedDown'
      readonly id: number
      readonly epoch: number
      readonly reporters: readonly number[]
      readonly findings: readonly Finding[]
    }

/** What has changed on the way from one OSD to another since it was last told. */
export interface LinkNews {
  readonly peer: number
  readonly pings: number
  readonly missed: number
  /** Pings that wait for their answer right now. */
  readonly waiting: number
  /** Round trips of answers, in milliseconds. */
  readonly rttsMs: Readonly<Record<HeartbeatChannel, readonly number[]>>
}

export type FromOsd =
  | { readonly kind: 'map'; readonly epoch: number }
  | { readonly kind: 'wronglyMarkedDown'; readonly epoch: number }
  | { readonly kind: 'links'; readonly links: readonly LinkNews[] }

/** The summary of a map. */
export function summarizeMap({ epoch, osds }: ClusterMap): MapSummary {
  return {
    epoch,
    osds: osds.map(({ id, isUp, upFrom, front, back }) => {
      return { id, isUp, upFrom, front: front.toString(), back: back.toString() }
    }),
  }
}
