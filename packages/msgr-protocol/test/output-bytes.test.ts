import { BufferList } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocateCleared } from '../src/allocate.ts'
import { GrowingSlab } from '../src/growing-slab.ts'
import { MAX_OUTPUT_SLAB_SIZE, OutputBytes } from '../src/output-bytes.ts'
import { joined, toHex } from './bytes.ts'

const step = fc.oneof(
  fc.record({ kind: fc.constant('reserve' as const), length: fc.nat(200) }),
  fc.record({ kind: fc.constant('append' as const), length: fc.nat(3_000) }),
  fc.record({ kind: fc.constant('appendList' as const), length: fc.nat(3_000) }),
  fc.record({ kind: fc.constant('take' as const), length: fc.constant(0) }),
)

describe('OutputBytes', () => {
  test('gives back all that was added, in order, and what it gave never changes afterwards', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const output = new OutputBytes()
        const added: Uint8Array[] = []
        const taken: Uint8Array[] = []
        let waiting = 0
        const waitingSeen: number[] = []
        steps.forEach(({ kind, length }, i) => {
          const bytes = new Uint8Array(length).fill(i + 1)
          if (kind === 'take') {
            taken.push(...output.take())
            waiting = 0
          } else {
            added.push(bytes)
            waiting += length
            if (kind === 'reserve') {
              const at = output.reserve(length)
              output.bytes.set(bytes, at)
            } else if (kind === 'append') output.append(bytes)
            else output.appendList(new BufferList(bytes.slice(0, length / 2)).append(bytes.slice(length / 2)))
          }
          waitingSeen.push(output.length - waiting)
        })
        taken.push(...output.take())
        expect(toHex(joined(taken))).toBe(toHex(joined(added)))
        expect(waitingSeen.every((difference) => difference === 0)).toBe(true)
        expect(taken.every((chunk) => chunk.length > 0)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('large bytes are handed on as they are; small ones are put side by side', () => {
    const output = new OutputBytes()
    const large = new Uint8Array(1_025)
    output.append(Uint8Array.of(1))
    output.append(Uint8Array.of(2))
    output.append(large)
    output.append(Uint8Array.of(3))
    const chunks = output.take()
    expect(chunks.map((chunk) => chunk.length)).toEqual([2, 1_025, 1])
    expect(chunks[1]).toBe(large)
  })

  test('the view sees the bytes that were reserved', () => {
    const output = new OutputBytes()
    const at = output.reserve(4)
    output.view.setUint32(at, 0x01020304)
    expect(Array.from(joined(output.take()))).toEqual([1, 2, 3, 4])
  })

  test('ends that share a slab get what is their own, and hold nothing of it once that is taken', () => {
    const slab = new GrowingSlab(MAX_OUTPUT_SLAB_SIZE, allocateCleared)
    const outputs = [new OutputBytes(slab), new OutputBytes(slab), new OutputBytes(slab)]
    const added = outputs.map((): Uint8Array[] => [])
    for (let i = 0; i < 1_000; i++) {
      // Runs of one, two and three in a row, in each order.
      const index = (i * i + (i >> 4)) % 3
      const bytes = new Uint8Array(1 + (i % 90)).fill(i)
      outputs[index]?.append(bytes)
      added[index]?.push(bytes)
    }
    const taken = outputs.map((output) => output.take())
    expect(taken.map((chunks) => toHex(joined(chunks)))).toEqual(added.map((chunks) => toHex(joined(chunks))))
    const slabs = new Set(taken.flat().map(({ buffer }) => buffer))
    expect(slabs.size).toBeLessThan(8)
    for (const { bytes, view } of outputs) expect([bytes.length, view.byteLength]).toEqual([0, 0])
  })

  test('what follows what the same end has added is in one piece with it', () => {
    const slab = new GrowingSlab(MAX_OUTPUT_SLAB_SIZE, allocateCleared)
    const [one, other] = [new OutputBytes(slab), new OutputBytes(slab)]
    one.append(Uint8Array.of(1))
    one.append(Uint8Array.of(2))
    other.append(Uint8Array.of(3))
    one.append(Uint8Array.of(4))
    expect(one.take().map((chunk) => [...chunk])).toEqual([[1, 2], [4]])
    expect(other.take().map((chunk) => [...chunk])).toEqual([[3]])
  })

  test('a slab begins small, and grows to 64 KiB', () => {
    const slab = new GrowingSlab(MAX_OUTPUT_SLAB_SIZE, allocateCleared)
    slab.take(300)
    expect(slab.bytes.length).toBe(1_024)
    for (let i = 0; i < 100; i++) slab.take(4_000)
    expect(slab.bytes.length).toBe(65_536)
    expect([slab.take(100_000), slab.bytes.length]).toEqual([0, 100_000])
  })

  test('can be taken as a copy, in one piece that nothing else is part of', () => {
    const output = new OutputBytes()
    const large = new Uint8Array(1_025).fill(7)
    output.append(Uint8Array.of(1))
    output.append(large)
    output.append(Uint8Array.of(3))
    const copy = output.takeCopy()
    large.fill(9)
    expect(toHex(copy)).toBe(`01${'07'.repeat(1_025)}03`)
    expect(copy.buffer.byteLength).toBe(1_027)
    expect([output.length, output.takeCopy().length]).toEqual([0, 0])
  })

  test('clear forgets what waits', () => {
    const output = new OutputBytes()
    output.append(Uint8Array.of(1))
    output.clear()
    expect([output.length, output.take()]).toEqual([0, []])
  })
})
