/** Negative, zero or positive, as `Array.prototype.sort` wants it. */
export type KeyOrder<K> = (a: K, b: K) => number

/**
 * The order in which Ceph keeps keys: numbers by value, false before true, strings by their bytes in UTF-8. Keys of
 * other types need an order of their own and throw `TypeError` here.
 */
export function naturalOrder(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if ((isNumeric(a) && isNumeric(b)) || (typeof a === 'boolean' && typeof b === 'boolean')) {
    return a < b ? -1 : a > b ? 1 : 0
  }
  throw new TypeError(`expected keys with a natural order, got ${typeof a} and ${typeof b}: pass an order`)
}

function isNumeric(key: unknown): key is number | bigint {
  return typeof key === 'number' || typeof key === 'bigint'
}

/** By code points, which is the order of the bytes in UTF-8, but not that of `<`: surrogates come before U+E000. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return utf8Rank(x) - utf8Rank(y)
  }
  return a.length - b.length
}

/** Moves surrogates behind all other code units. */
function utf8Rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
