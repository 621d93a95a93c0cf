/** The generator polynomial 0x1EDC6F41 with its bits reversed: bit 31 is the coefficient of x^0. */
const POLYNOMIAL = 0x82f63b78
const ONE = 0x8000_0000

// POWERS[k] is x^(8 * 2^k): multiplying a CRC by it appends 2^k zero bytes. 53 of them reach every safe integer.
const POWERS: number[] = [ONE >>> 8]
while (POWERS.length < 53) {
  const last = POWERS.at(-1) ?? ONE
  POWERS.push(multiply(last, last))
}

/** The product of two polynomials modulo the generator. */
function multiply(a: number, b: number): number {
  let product = 0
  let shifted = b
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= shifted
    shifted = (shifted >>> 1) ^ (shifted & 1 ? POLYNOMIAL : 0)
  }
  return product >>> 0
}

/**
 * What `crc32c` gives for `length` zero bytes, in a few multiplications instead of one step for each byte.
 *
 * Since a CRC without inversions is linear, this also moves one from seed to seed without reading the bytes again:
 * `crc32c(b, seed) === (crc32c(b, other) ^ crc32cZeros(b.length, seed ^ other)) >>> 0`.
 * Ceph: src/common/crc32c.cc, ceph_crc32c_zeros
 */
export function crc32cZeros(length: number, seed: number): number {
  if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`expected a length from 0 up, got ${length}`)
  let crc = seed >>> 0
  if (crc === 0) return 0
  for (let k = 0, left = length; left > 0; k++, left = Math.floor(left / 2)) {
    if (left % 2 === 1) crc = multiply(crc, POWERS[k] ?? 0)
  }
  return crc
}
