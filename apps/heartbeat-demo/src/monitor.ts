import type { Uuid } from '@msgr/bufferlist'
import type { EntityAddr } from '@msgr/message'
import { ClusterMap } from './cluster-map.ts'
import type { FailureReport, Finding } from './m-failure-report.ts'

/** What a monitor decides by. */
export interface MonitorRules {
  /** So many OSDs must say that one has failed. Ceph: mon_osd_min_down_reporters */
  readonly minReporters: number
  /** A silent OSD must have been silent for so long. Ceph: osd_heartbeat_grace */
  readonly graceMs: number
}

/** Why an OSD was marked down. */
export interface MarkedDown {
  readonly id: number
  readonly map: ClusterMap
  /** Who reported it, in the order of their ids, and what each of them found. */
  readonly reporters: readonly number[]
  readonly findings: readonly Finding[]
}

interface HeldReport {
  readonly failedSinceMs: number
  readonly finding: Finding
}

/**
 * The rules by which reports become maps. Each change is a new epoch. It does no I/O; times are milliseconds of one
 * monotonic clock.
 *
 * Ceph: src/mon/OSDMonitor.cc, prepare_boot, prepare_failure, check_failure
 *
 * Differs from Ceph: there, a single OSD that was refused has another one marked down. Here it takes as many reporters
 * as it takes for silence, so that one OSD whose own network is broken cannot take the others down; only the grace time
 * is waived.
 */
export class Monitor {
  readonly #rules: MonitorRules
  #map: ClusterMap
  /** By target, then by reporter. */
  readonly #reports = new Map<number, Map<number, HeldReport>>()

  constructor(fsid: Uuid, rules: MonitorRules) {
    this.#map = new ClusterMap(fsid)
    this.#rules = rules
  }

  get map(): ClusterMap {
    return this.#map
  }

  /**
   * An OSD says that it is there. The maps that come of it: none if it is up at these addresses already, and two if it
   * was up at others, since that life of it is over.
   */
  boot(id: number, addresses: { readonly front: EntityAddr; readonly back: EntityAddr }): readonly ClusterMap[] {
    const known = this.#map.get(id)
    const maps: ClusterMap[] = []
    if (known?.isUp === true) {
      if (known.front.equals(addresses.front) && known.back.equals(addresses.back)) return maps
      maps.push(this.#markDown(id))
    }
    this.#map = this.#map.withUp(id, addresses)
    maps.push(this.#map)
    return maps
  }

  /**
   * An OSD reports another one. False if the report does not count: one of the two is not up, or the report is about an
   * earlier life of the other.
   */
  report(reporter: number, { target, targetUpFrom, finding, failedForMs }: FailureReport, nowMs: number): boolean {
    const entry = this.#map.get(target)
    const isCurrent = entry?.isUp === true && entry.upFrom === targetUpFrom
    if (!isCurrent || reporter === target || !this.#map.isUp(reporter)) return false
    const held = this.#reports.get(target) ?? new Map<number, HeldReport>()
    if (finding === 'alive') held.delete(reporter)
    else held.set(reporter, { failedSinceMs: nowMs - failedForMs, finding })
    if (held.size === 0) this.#reports.delete(target)
    else this.#reports.set(target, held)
    return true
  }

  /** Marks down whoever has been reported by enough for long enough. To be called after reports, and now and then. */
  checkFailures(nowMs: number): readonly MarkedDown[] {
    const marked: MarkedDown[] = []
    for (const [id, held] of [...this.#reports]) {
      const ripe = [...held].filter(([, report]) => this.#isRipe(report, nowMs)).sort(([a], [b]) => a - b)
      // Someone before in this loop may have been its reporter, and is down now.
      const counted = ripe.filter(([reporter]) => this.#map.isUp(reporter))
      if (counted.length < this.#rules.minReporters) continue
      const reporters = counted.map(([reporter]) => reporter)
      const findings = counted.map(([, { finding }]) => finding)
      marked.push({ id, map: this.#markDown(id), reporters, findings })
    }
    return marked
  }

  #isRipe({ failedSinceMs, finding }: HeldReport, nowMs: number): boolean {
    return finding === 'refused' || nowMs - failedSinceMs >= this.#rules.graceMs
  }

  #markDown(id: number): ClusterMap {
    this.#map = this.#map.withDown(id)
    this.#reports.delete(id)
    // What it said of others may be for the same reason for which it is down itself.
    for (const [target, held] of this.#reports) if (held.delete(id) && held.size === 0) this.#reports.delete(target)
    return this.#map
  }
}
