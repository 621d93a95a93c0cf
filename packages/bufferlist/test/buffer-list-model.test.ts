import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BufferList, EndOfBufferError } from '../src/index.ts'
import { referenceCrc32c } from './reference-crc32c.ts'

// The model of a list is one flat array of cells. Lists that share memory have cells in common, so the model says
// exactly who sees a write in place; what is copied gets cells of its own.

interface Cell {
  value: number
}

interface Pair {
  real: BufferList
  cells: Cell[]
}

const cellsOf = (bytes: Iterable<number>): Cell[] => Array.from(bytes, (value) => ({ value }))
const copies = (cells: readonly Cell[]): Cell[] => cells.map(({ value }) => ({ value }))
const valuesOf = (cells: readonly Cell[]): Uint8Array => Uint8Array.from(cells, ({ value }) => value)

/** A place in a list as a fraction, so that the same command means something for every length. */
const fraction = fc.double({ min: 0, max: 1, noNaN: true })
// Small pieces of any bytes, and chunks large enough to have their CRC remembered.
const bytes = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(50), fc.nat(255)).map(([n, b]) => new Uint8Array(1000 + n).fill(b)) },
)

const place = (at: number, length: number): number => Math.floor(at * length)
const range = (cells: readonly Cell[], from: number, to: number): [number, number] => {
  const [a, b] = [place(from, cells.length), place(to, cells.length)]
  return [Math.min(a, b), Math.abs(a - b)]
}

type Command = (a: Pair, b: Pair) => void

const appending: fc.Arbitrary<Command>[] = [
  bytes.map((piece) => (a) => {
    a.real.append(piece)
    a.cells.push(...cellsOf(piece))
  }),
  fc.string({ unit: 'grapheme' }).map((text) => (a) => {
    a.real.append(text)
    a.cells.push(...cellsOf(new TextEncoder().encode(text)))
  }),
  bytes.map((piece) => (a) => {
    a.real.appendCopy(piece)
    a.cells.push(...cellsOf(piece))
  }),
  fc.oneof(fc.nat(10), fc.nat(5000)).map((length) => (a) => {
    a.real.appendZero(length)
    a.cells.push(...cellsOf(new Uint8Array(length)))
  }),
  bytes.map((piece) => (a) => {
    const hole = a.real.appendHole(piece.length)
    a.real.appendCopy(Uint8Array.of(1))
    hole.fill(piece)
    a.cells.push(...cellsOf(piece), { value: 1 })
  }),
  bytes.map((piece) => (a) => {
    a.real.prepend(piece)
    a.cells.unshift(...cellsOf(piece))
  }),
  fc.constant((a, b) => {
    a.real.append(b.real)
    a.cells.push(...b.cells)
  }),
  fc.constant((a, b) => {
    a.real.prepend(b.real)
    a.cells.unshift(...b.cells)
  }),
  fc.constant((a, b) => {
    a.real.claimAppend(b.real)
    a.cells.push(...b.cells.splice(0))
  }),
]

const removing: fc.Arbitrary<Command>[] = [
  fraction.map((at) => (a) => {
    const n = place(at, a.cells.length)
    a.real.consume(n)
    a.cells.splice(0, n)
  }),
  fc.tuple(fraction, fraction).map(([from, to]) => (a, b) => {
    const [offset, n] = range(a.cells, from, to)
    a.real.splice(offset, n, b.real)
    b.cells.push(...a.cells.splice(offset, n))
  }),
  fc.tuple(fraction, fraction).map(([from, to]) => (a) => {
    const [offset, n] = range(a.cells, from, to)
    a.real = a.real.substr(offset, n)
    a.cells = a.cells.slice(offset, offset + n)
  }),
  fc.constant((a) => {
    a.real.clear()
    a.cells = []
  }),
]

const writing: fc.Arbitrary<Command>[] = [
  fc.tuple(fraction, bytes).map(([at, piece]) => (a) => {
    const offset = place(at, a.cells.length)
    if (offset + piece.length > a.cells.length) {
      expect(() => a.real.copyIn(offset, piece)).toThrow(EndOfBufferError)
    } else {
      // The same memory may be in the list twice: the order of writing is that of the bytes.
      a.real.copyIn(offset, piece)
      for (const [i, value] of piece.entries()) a.cells[offset + i]!.value = value
    }
  }),
  fc.tuple(fraction, fraction).map(([from, to]) => (a) => {
    const [offset, n] = range(a.cells, from, to)
    a.real.zero(offset, n)
    for (const cell of a.cells.slice(offset, offset + n)) cell.value = 0
  }),
  fc.tuple(fraction, fc.uint8Array({ maxLength: 8 })).map(([at, piece]) => (a) => {
    const offset = Math.min(place(at, a.cells.length), Math.max(0, a.cells.length - piece.length))
    if (offset + piece.length > a.cells.length) return
    a.real.cursor(offset).copyIn(piece)
    for (const [i, value] of piece.entries()) a.cells[offset + i]!.value = value
  }),
]

const rebuilding: fc.Arbitrary<Command>[] = [
  fc.constant((a) => {
    const isCopied = !a.real.isContiguous
    a.real.rebuild()
    if (isCopied) a.cells = copies(a.cells)
  }),
  fc.tuple(fc.integer({ min: 1, max: 64 }), fc.constantFrom(1, 4, 8, 512)).map(([size, memory]) => (a) => {
    const kept = new Set(a.real.chunks())
    const isCopied = a.real.rebuildAligned({ size, memory })
    let at = 0
    for (const chunk of a.real) {
      if (!kept.has(chunk)) a.cells.splice(at, chunk.length, ...copies(a.cells.slice(at, at + chunk.length)))
      at += chunk.length
    }
    expect(a.real.chunks().every((chunk) => kept.has(chunk))).toBe(!isCopied)
    expect(a.real.substr(0, a.cells.length - (a.cells.length % size)).isAligned({ size, memory })).toBe(true)
  }),
]

const reading: fc.Arbitrary<Command>[] = [
  fc.tuple(fraction, fraction).map(([from, to]) => (a) => {
    const [offset, n] = range(a.cells, from, to)
    const expected = valuesOf(a.cells.slice(offset, offset + n))
    for (const found of [
      a.real.slice(offset, offset + n),
      a.real.subarray(offset, offset + n),
      a.real.copyOut(offset, n),
      a.real.cursor(offset).readBytes(n),
      a.real.cursor(offset).readList(n).slice(),
    ]) {
      expect(Buffer.compare(found, expected)).toBe(0)
    }
  }),
  fc.nat(0xffffffff).map((seed) => (a) => {
    expect(a.real.crc32c(seed)).toBe(referenceCrc32c(valuesOf(a.cells), seed))
  }),
  fc.tuple(fraction, fraction, fc.nat(9)).map(([from, at, n]) => (a) => {
    const all = Buffer.from(valuesOf(a.cells))
    const start = place(from, all.length)
    const wanted = all.subarray(place(at, all.length)).subarray(0, n)
    expect(a.real.indexOf(wanted, start)).toBe(all.indexOf(wanted, start))
  }),
  fc.constant((a, b) => {
    const [x, y] = [valuesOf(a.cells), valuesOf(b.cells)]
    expect(a.real.compare(b.real)).toBe(Buffer.compare(x, y))
    expect(a.real.equals(b.real)).toBe(Buffer.compare(x, y) === 0)
  }),
]

const command = fc.oneof(...appending, ...appending, ...removing, ...writing, ...rebuilding, ...reading)

function check({ real, cells }: Pair): void {
  expect(real.length).toBe(cells.length)
  const chunks = real.chunks()
  expect(chunks).toHaveLength(real.chunkCount)
  expect(chunks.every((chunk) => chunk.length > 0)).toBe(true)
  expect(Buffer.compare(Buffer.concat(chunks), valuesOf(cells))).toBe(0)
}

test('two lists that share memory behave like two flat arrays of shared cells', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(command, fc.boolean()), { maxLength: 40, size: 'max' }), (commands) => {
      const a: Pair = { real: new BufferList(), cells: [] }
      const b: Pair = { real: new BufferList(), cells: [] }
      for (const [run, swapped] of commands) {
        // Lists that append each other grow without bound.
        for (const pair of [a, b]) if (pair.cells.length > 9000) pair.real.consume(pair.cells.splice(0, 8000).length)
        if (swapped) run(b, a)
        else run(a, b)
        check(a)
        check(b)
      }
    }),
    { numRuns: 150 },
  )
})
