import { createHash } from 'node:crypto'
import { type RandomBytes } from '../src/random-bytes.ts'

/** Bytes that look random and are the same for the same seed. */
export function seededRandom(seed: string): RandomBytes {
  let count = 0
  return (length) => {
    const blocks: Uint8Array[] = []
    for (let got = 0; got < length; got += 32) {
      blocks.push(createHash('sha256').update(`${seed} ${count++}`).digest())
    }
    return Buffer.concat(blocks).subarray(0, length)
  }
}
