/**
 * True if a request for `count` has to wait while `current` is taken. A limit of 0 is none.
 *
 * Ceph: src/common/Throttle.h, Throttle::_should_wait
 */
export function mustWait(count: number, current: number, max: number): boolean {
  if (max === 0) return false
  return (count <= max && current + count > max) || (count >= max && current > max)
}
