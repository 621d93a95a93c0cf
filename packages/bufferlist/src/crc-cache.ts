import { type Crc32cFunction } from './crc32c.ts'
import { crc32cZeros } from './crc32c-zeros.ts'

/** Chunks below this are not remembered: computing again costs about as much as looking up. */
export const MIN_LENGTH_TO_REMEMBER = 1024

interface KnownCrc {
  writes: number
  seed: number
  result: number
}

// Rises with every write in place through this package. A remembered CRC of an earlier count is not used again,
// whichever list it belongs to: lists share memory, and writes in place are rare.
let writesInPlace = 0

/** Must be called whenever bytes change that may be in a list already. */
export function noteWriteInPlace(): void {
  writesInPlace++
}

/**
 * The CRCs that one list remembers of its chunks. A chunk is known by its view object, and only while it is in the
 * list: memory that comes back in another `append` is read again, since its owner may have changed it.
 */
export class CrcCache {
  readonly #known = new Map<Uint8Array, KnownCrc>()

  /** The CRC of a chunk, from memory if its bytes were read before, whatever the seed was. */
  crcOf(chunk: Uint8Array, seed: number, crc: Crc32cFunction): number {
    const known = this.#known.get(chunk)
    if (known?.writes === writesInPlace) {
      // Ceph: src/common/buffer.cc, buffer::list::crc32c
      if (known.seed === seed) return known.result
      return (known.result ^ crc32cZeros(chunk.length, known.seed ^ seed)) >>> 0
    }
    const result = crc(chunk, seed) >>> 0
    if (known === undefined) this.#known.set(chunk, { writes: writesInPlace, seed, result })
    else {
      known.writes = writesInPlace
      known.seed = seed
      known.result = result
    }
    return result
  }

  /** Must be called for a chunk that leaves the list, which would live on here, and for one that enters it. */
  forget(chunk: Uint8Array): void {
    this.#known.delete(chunk)
  }

  /** Takes over what another list knows of a chunk that it shares with this one. */
  adopt(chunk: Uint8Array, other: CrcCache): void {
    const known = other.#known.get(chunk)
    if (known !== undefined) this.#known.set(chunk, known)
  }

  /** What is known here of some of the chunks, for a list that shares them. */
  of(chunks: readonly Uint8Array[]): CrcCache {
    const cache = new CrcCache()
    for (const chunk of chunks) cache.adopt(chunk, this)
    return cache
  }
}
