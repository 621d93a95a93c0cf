import { BufferList } from '@msgr/bufferlist'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OutputBytes } from '../../src/output-bytes.ts'
import { SealedOutput } from '../../src/wire-v2/sealed-output.ts'
import { TranscribedOutput } from '../../src/wire-v2/transcribed-output.ts'
import { joined, toHex } from '../bytes.ts'
import { GcmCipher } from './gcm-cipher.ts'

function sealing(): { output: OutputBytes; sealed: SealedOutput } {
  const output = new OutputBytes()
  return { output, sealed: new SealedOutput(new TranscribedOutput(output), new GcmCipher('dial', '2.1')) }
}

const sizes = fc.oneof(fc.nat(100), fc.constantFrom(4_096, 16_368, 16_384, 16_385, 70_000))

test('each run is opened as its segments, with zeros to the end of a block behind each', () => {
  const segments = fc.array(fc.tuple(sizes, fc.boolean()), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.array(segments, { maxLength: 5 }), (runs) => {
      const { output, sealed } = sealing()
      const peer = new GcmCipher('accept', '2.1')
      const expected = runs.map((run) => {
        const padded = run.map(([size, isList], i) => {
          const bytes = new Uint8Array(size).fill(i + 1)
          if (isList) sealed.addPaddedList(new BufferList(bytes))
          else sealed.addPadded(bytes)
          return joined([bytes, new Uint8Array((16 - (size % 16)) % 16)])
        })
        sealed.seal()
        return joined(padded)
      })
      const written = joined(output.take())
      let at = 0
      for (const plain of expected) {
        const end = at + plain.length + 16
        expect(Buffer.from(peer.open(written.subarray(at, end))).equals(plain)).toBe(true)
        at = end
      }
      expect(at).toBe(written.length)
    }),
    { numRuns: 60 },
  )
})

test('what was sealed is not sealed again with the next run', () => {
  const { output, sealed } = sealing()
  sealed.addPadded(Uint8Array.of(1))
  sealed.seal()
  sealed.addPadded(Uint8Array.of(2))
  sealed.seal()
  const written = joined(output.take())
  const peer = new GcmCipher('accept', '2.1')
  expect(toHex(peer.open(written.subarray(0, 32)))).toBe(`01${'00'.repeat(15)}`)
  expect(toHex(peer.open(written.subarray(32)))).toBe(`02${'00'.repeat(15)}`)
})

test('small runs lie side by side in what the output writes, large ones apart', () => {
  const { output, sealed } = sealing()
  for (const size of [16, 512, 64]) {
    sealed.addPadded(new Uint8Array(size))
    sealed.seal()
  }
  expect(output.take().map((chunk) => chunk.length)).toEqual([16 + 512 + 64 + 3 * 16])
  sealed.addPadded(new Uint8Array(65_536))
  sealed.seal()
  expect(output.take().map((chunk) => chunk.length)).toEqual([65_536, 16])
})
