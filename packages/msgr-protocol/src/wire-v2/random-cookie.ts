/** Names a session: any u64 but 0. */
export function randomCookie(random: () => number): bigint {
  const half = (): bigint => BigInt(Math.floor(random() * 0x1_0000_0000))
  return (half() << 32n) | half() || 1n
}
