import { type BufferList } from './buffer-list.ts'
import { encodeText } from './text.ts'

/**
 * The offset of the first occurrence of what is `wanted` at or after `from`, or -1. Looks at each byte of the list once,
 * wherever the chunks are cut (Knuth, Morris and Pratt), and leaves stretches without a beginning to the engine.
 */
export function findBytes(list: BufferList, wanted: number | Uint8Array | string, from: number): number {
  const needle = needleOf(wanted)
  if (needle.length === 0) return from <= list.length ? from : -1
  const first = needle[0] ?? 0
  const borders = bordersOf(needle)
  let base = 0 // the offset of the chunk
  let matched = 0 // how much of the needle the last bytes seen are
  for (let c = 0; c < list.chunkCount; c++) {
    const chunk = list.chunkAt(c)
    for (let at = Math.max(0, from - base); at < chunk.length; at++) {
      if (matched === 0) {
        at = chunk.indexOf(first, at)
        if (at < 0) break
      }
      const byte = chunk[at]
      while (matched > 0 && needle[matched] !== byte) matched = borders[matched - 1] ?? 0
      if (needle[matched] === byte) matched++
      if (matched === needle.length) return base + at + 1 - matched
    }
    base += chunk.length
  }
  return -1
}

function needleOf(wanted: number | Uint8Array | string): Uint8Array {
  if (typeof wanted === 'string') return encodeText(wanted)
  return typeof wanted === 'number' ? Uint8Array.of(wanted) : wanted
}

/** For each beginning of the needle: the length of its longest proper beginning that is also its end. */
function bordersOf(needle: Uint8Array): Uint32Array {
  const borders = new Uint32Array(needle.length)
  let length = 0
  for (let i = 1; i < needle.length; i++) {
    while (length > 0 && needle[i] !== needle[length]) length = borders[length - 1] ?? 0
    if (needle[i] === needle[length]) length++
    borders[i] = length
  }
  return borders
}
