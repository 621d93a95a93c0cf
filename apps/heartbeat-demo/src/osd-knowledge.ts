// The memory, shared between the threads of an OSD; one thread writes it, and all may read it at any time.
//
//   0  map_epoch, up_from u32 each, written at once │ 8 is stopping u32 │ 16 for each OSD by its id: dead before, u32

const STOPPING_AT = 8
const TABLE_AT = 16
const STRANGER = 0xffff_ffff
const U32_BITS = 32n
const U32_MASK = 0xffff_ffffn

/** The ids that a map can have go from 0 up to this, exclusive. */
const MAX_OSD_COUNT = 4096

/** What a map says, as far as heartbeats need it. */
export interface MapKnowledge {
  /** 0 for none: then nobody is dead. */
  readonly mapEpoch: number
  /** The epoch in which we came up; 0 for never. */
  readonly upFrom: number
  /**
   * For each OSD in the map the epoch before which maps are too old to be trusted by it, as it has died since: 0 if it is
   * up. Who is not in the map is dead to all.
   */
  readonly deadBefore: ReadonlyMap<number, number>
}

/**
 * What an OSD has to know to answer pings. It lies in shared memory, so that the answers may be given on other threads
 * than the one that gets the maps.
 */
export class OsdKnowledge {
  /** Give it to another thread, and make this again from it there. */
  readonly memory: SharedArrayBuffer
  readonly #epochs: BigUint64Array
  readonly #stopping: Uint32Array
  readonly #deadBefore: Uint32Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(TABLE_AT + 4 * MAX_OSD_COUNT)) {
    this.memory = memory
    this.#epochs = new BigUint64Array(memory, 0, 1)
    this.#stopping = new Uint32Array(memory, STOPPING_AT, 1)
    this.#deadBefore = new Uint32Array(memory, TABLE_AT)
  }

  /** The newest map, and the epoch in which we came up: those of one moment, also while another thread writes them. */
  get epochs(): { readonly mapEpoch: number; readonly upFrom: number } {
    const epochs = Atomics.load(this.#epochs, 0)
    return { mapEpoch: Number(epochs >> U32_BITS), upFrom: Number(epochs & U32_MASK) }
  }

  /** Nothing is answered any more. */
  get isStopping(): boolean {
    return Atomics.load(this.#stopping, 0) === 1
  }

  set isStopping(isStopping: boolean) {
    Atomics.store(this.#stopping, 0, isStopping ? 1 : 0)
  }

  /** True for an OSD that is not in the map, or was marked down after the map that it knows. */
  isDead(id: number, itsMapEpoch: number): boolean {
    if (this.epochs.mapEpoch === 0) return false
    return id >= MAX_OSD_COUNT || Atomics.load(this.#deadBefore, id) > itsMapEpoch
  }

  /** A map has come. Throws a RangeError for one with an OSD whose id there is no room for. */
  assign({ mapEpoch, upFrom, deadBefore }: MapKnowledge): void {
    for (const id of deadBefore.keys()) {
      if (id >= MAX_OSD_COUNT) throw new RangeError(`osd.${id} in a map: expected an id below ${MAX_OSD_COUNT}`)
    }
    // First the epochs: whoever is told of a death must be told of a map that has it.
    Atomics.store(this.#epochs, 0, (BigInt(mapEpoch) << U32_BITS) | BigInt(upFrom))
    for (let id = 0; id < MAX_OSD_COUNT; id++) Atomics.store(this.#deadBefore, id, deadBefore.get(id) ?? STRANGER)
  }
}
