import type { MOSDMapFields } from '@msgr/mon-client'
import {
  OsdStateBit,
  readMapChange,
  readWholeMap,
  type MapChange,
  type OsdPlaces,
  type WholeMap,
} from './osd-map-parts.ts'

/** One OSD that exists. */
export interface OsdView extends OsdPlaces {
  readonly isUp: boolean
  /** When it came up, and when it went down, last; 0 if never. */
  readonly upFrom: number
  readonly downAt: number
}

/** How many changes are kept for others. */
const KEPT_CHANGES = 100

/**
 * What an OSD needs to know of the OSD maps that it is sent: who is up, since when, and where.
 * Ceph: src/osd/OSDMap.cc, apply_incremental
 */
export class OsdMapView {
  #epoch = 0
  readonly #osds = new Map<number, OsdView>()
  /** The newest changes, as they came. */
  readonly #changes = new Map<number, Uint8Array>()

  /** Of the newest map that was applied; 0 before any was. */
  get epoch(): number {
    return this.#epoch
  }

  get osds(): ReadonlyMap<number, OsdView> {
    return this.#osds
  }

  get(id: number): OsdView | undefined {
    return this.#osds.get(id)
  }

  /** True for an OSD that is not there, or went down after the map that it knows. */
  isDead(id: number, itsMapEpoch: number): boolean {
    const osd = this.#osds.get(id)
    return osd === undefined || (!osd.isUp && osd.downAt > itsMapEpoch)
  }

  /** All changes from this epoch to the newest, as they came; `undefined` if some of them are not kept. */
  changesFrom(firstEpoch: number): ReadonlyMap<number, Uint8Array> | undefined {
    const changes = new Map<number, Uint8Array>()
    for (let epoch = firstEpoch; epoch <= this.#epoch; epoch++) {
      const bytes = this.#changes.get(epoch)
      if (bytes === undefined) return undefined
      changes.set(epoch, bytes)
    }
    return changes
  }

  /** Applies what is newer than what there is, in order. True if anything was. Throws for bytes that are no map. */
  apply({ incrementals, maps }: MOSDMapFields): boolean {
    const before = this.#epoch
    const newestWhole = Math.max(...maps.keys())
    const whole = incrementals.has(before + 1) || newestWhole <= before ? undefined : maps.get(newestWhole)
    if (whole !== undefined) this.#applyWhole(readWholeMap(whole))
    for (;;) {
      const bytes = incrementals.get(this.#epoch + 1)
      if (bytes === undefined) return this.#epoch > before
      this.#applyChange(readMapChange(bytes))
      // A copy: what came may be a view of all that the socket read.
      this.#changes.set(this.#epoch, bytes.slice())
      this.#changes.delete(this.#epoch - KEPT_CHANGES)
    }
  }

  #applyWhole({ epoch, osds }: WholeMap): void {
    this.#epoch = epoch
    this.#osds.clear()
    for (const [id, { state, ...osd }] of osds.entries()) {
      if ((state & OsdStateBit.exists) === 0) continue
      this.#osds.set(id, { ...osd, isUp: (state & OsdStateBit.up) !== 0 })
    }
  }

  #applyChange({ epoch, whole, states, cameUp }: MapChange): void {
    if (whole !== undefined) {
      this.#applyWhole(whole)
      return
    }
    this.#epoch = epoch
    for (const [id, bits] of states) {
      const change = bits === 0 ? OsdStateBit.up : bits
      const held = this.#osds.get(id)
      if (held === undefined) continue
      if ((change & OsdStateBit.exists) !== 0) this.#osds.delete(id)
      else if ((change & OsdStateBit.up) !== 0 && held.isUp) this.#osds.set(id, { ...held, isUp: false, downAt: epoch })
    }
    for (const [id, where] of cameUp) {
      this.#osds.set(id, { ...where, isUp: true, upFrom: epoch, downAt: this.#osds.get(id)?.downAt ?? 0 })
    }
  }
}
