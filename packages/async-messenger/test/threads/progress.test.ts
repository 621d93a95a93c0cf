import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PROGRESS_SIZE, readProgress, writeProgress } from '../../src/threads/progress.ts'

const count = fc.nat(Number.MAX_SAFE_INTEGER)
const stamp = fc.option(fc.double({ noNaN: true, min: 0 }), { nil: undefined })
const anyProgress = fc.record({
  isConnected: fc.boolean(),
  queuedCount: count,
  unackedCount: count,
  queuedBytes: count,
  takenCount: count,
  takenBytes: count,
  lastKeepaliveMs: stamp,
  lastKeepaliveAckMs: stamp,
})

test('progress is read as it was written, also without stamps, and touches nothing else', () => {
  fc.assert(
    fc.property(anyProgress, (progress) => {
      const bytes = new Uint8Array(16 + PROGRESS_SIZE + 8).fill(0xaa)
      const view = new DataView(bytes.buffer)
      writeProgress(progress, view, 16)
      expect(readProgress(view, 16)).toEqual(progress)
      // What comes before, what all records begin with, and what comes after.
      expect([...bytes.subarray(0, 24), ...bytes.subarray(16 + PROGRESS_SIZE)]).toEqual(new Array(32).fill(0xaa))
    }),
  )
})
