import type { BufferList } from '@msgr/bufferlist'
import { FRAME_TAG_LENGTH, type FrameCipher } from './frame-cipher.ts'
import { SealingParts } from './sealing-parts.ts'
import { paddedLength } from './secure-layout.ts'
import type { TranscribedOutput } from './transcribed-output.ts'

/** Up to this size what is sealed goes into the output's own memory; larger runs get memory of their own. */
const SEAL_IN_OUTPUT_UP_TO = 16 * 1024

/** Seals runs of bytes, and puts them into the output. */
export class SealedOutput {
  readonly #output: TranscribedOutput
  readonly #cipher: FrameCipher
  /** What the next run is made of. */
  readonly parts: SealingParts = new SealingParts()

  constructor(output: TranscribedOutput, cipher: FrameCipher) {
    this.#output = output
    this.#cipher = cipher
  }

  /** Adds a segment to the run, with zeros behind it to a whole number of blocks. */
  addPadded(bytes: Uint8Array): void {
    this.parts.add(bytes)
    this.parts.addZeros(paddedLength(bytes.length) - bytes.length)
  }

  /** The same for a segment in many chunks. */
  addPaddedList(list: BufferList): void {
    this.parts.addList(list)
    this.parts.addZeros(paddedLength(list.length) - list.length)
  }

  /** The run that was collected in `parts`. */
  seal(): void {
    const { length } = this.parts
    this.sealRun(this.parts.take(), length)
  }

  /** A run of these parts, `length` bytes together. */
  sealRun(parts: readonly Uint8Array[], length: number): void {
    const output = this.#output
    if (length > SEAL_IN_OUTPUT_UP_TO) {
      for (const chunk of this.#cipher.seal(parts)) output.append(chunk)
      return
    }
    const size = length + FRAME_TAG_LENGTH
    const at = output.reserve(size)
    this.#cipher.sealInto(parts, output.bytes, at)
    output.settle(at, size)
  }
}
