import type { Random } from './random.ts'

/**
 * No input is longer: what goes wrong goes wrong with few bytes, which are faster to try. A body that is read where it
 * lies, and not copied, has room.
 */
export const MAX_INPUT_LENGTH = 8192

/** Where integers end, change their sign or their meaning: boundaries of types, limits of the protocol, sizes of structs. */
const INTERESTING = [
  ...[0, 1, 2, 3, 4, 6, 7, 8, 9, 13, 16, 20, 21, 26, 33, 53, 64, 127, 128, 136, 255, 256, 511, 512, 513],
  ...[0x3ff, 0x400, 0xfff, 0x1000, 0x1001, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x1_0001, 0x10_0000],
  ...[0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -1, -2, -(2 ** 53)],
]

type Mutation = (random: Random, bytes: Uint8Array, other: Uint8Array) => Uint8Array

const mutations: readonly Mutation[] = [
  flipBit,
  setByte,
  nudgeByte,
  setInteger,
  setInteger,
  attackLength,
  attackLength,
  insertRun,
  deleteRange,
  deleteRange,
  duplicateRange,
  overwriteRange,
  splice,
  splice,
  truncate,
]

/**
 * One to a few changes to `bytes`, which stay as they are; `other` is what splices take their other half from. Never
 * longer than `MAX_INPUT_LENGTH`.
 */
export function mutate(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const count = random.oneIn(8) ? 2 + random.below(16) : 1 + random.below(3)
  let result: Uint8Array = bytes.slice()
  for (let i = 0; i < count; i++) result = random.pick(mutations)(random, result, other)
  return result.length > MAX_INPUT_LENGTH ? result.slice(0, MAX_INPUT_LENGTH) : result
}

function flipBit(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length)
  if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
  return bytes
}

function setByte(random: Random, bytes: Uint8Array): Uint8Array {
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256)
  return bytes
}

function nudgeByte(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length)
  if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) + random.below(9) - 4
  return bytes
}

function setInteger(random: Random, bytes: Uint8Array): Uint8Array {
  writeInteger(bytes, random.below(bytes.length), 1 << random.below(4), random.pick(INTERESTING))
  return bytes
}

/**
 * Something that may be the length of what follows becomes a little more, a little less, or all there is. If there is
 * no such thing, any 32 bits become the number of bytes behind them, or nearly.
 */
function attackLength(random: Random, bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) return bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const start = random.below(bytes.length - 3)
  for (let step = 0; step < 64; step++) {
    const at = (start + step) % (bytes.length - 3)
    const value = view.getUint32(at, true)
    if (value === 0 || value > bytes.length - at - 4) continue
    const changed = random.pick([value - 1, value + 1, value * 2, value + 0x1_0000, 0xffff_ffff, 0xffff_ffff - value])
    writeInteger(bytes, at, 4, changed)
    return bytes
  }
  writeInteger(bytes, start, 4, bytes.length - start - 4 + random.below(3) - 1)
  return bytes
}

function insertRun(random: Random, bytes: Uint8Array): Uint8Array {
  const length = 1 + random.below(random.oneIn(8) ? 256 : 16)
  const run = new Uint8Array(length)
  if (random.oneIn(2)) run.fill(random.below(256))
  else for (let i = 0; i < length; i++) run[i] = random.below(256)
  const at = random.below(bytes.length + 1)
  return joined(bytes.subarray(0, at), run, bytes.subarray(at))
}

function deleteRange(random: Random, bytes: Uint8Array): Uint8Array {
  const { start, end } = range(random, bytes)
  return joined(bytes.subarray(0, start), bytes.subarray(end))
}

function duplicateRange(random: Random, bytes: Uint8Array): Uint8Array {
  const { start, end } = range(random, bytes)
  const times = random.oneIn(8) ? random.below(16) : 1
  const copies = Array.from({ length: times }, () => bytes.subarray(start, end))
  return joined(bytes.subarray(0, end), ...copies, bytes.subarray(end))
}

function overwriteRange(random: Random, bytes: Uint8Array): Uint8Array {
  const { start, end } = range(random, bytes)
  bytes.copyWithin(random.below(bytes.length), start, end)
  return bytes
}

function splice(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const { start, end } = range(random, other)
  const at = random.below(bytes.length + 1)
  const replaced = random.oneIn(2) ? end - start : 0
  return joined(bytes.subarray(0, at), other.subarray(start, end), bytes.subarray(at + replaced))
}

function truncate(random: Random, bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, random.below(bytes.length + 1))
}

/** Mostly short, at times as long as it can be. */
function range(random: Random, bytes: Uint8Array): { start: number; end: number } {
  const start = random.below(bytes.length)
  const most = random.oneIn(3) ? bytes.length - start : Math.min(64, bytes.length - start)
  return { start, end: start + random.below(most + 1) }
}

/** As much of a little-endian integer as there is room for. */
function writeInteger(bytes: Uint8Array, at: number, width: number, value: number): void {
  let rest = BigInt.asUintN(64, BigInt(value))
  for (let i = at; i < Math.min(at + width, bytes.length); i++) {
    bytes[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}
