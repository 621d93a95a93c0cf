/**
 * Message priorities. Any integer from 0 to 65535 is a priority; these have names. From `low` upwards the dispatch
 * queue serves them strictly, highest first; below it by cost.
 *
 * Ceph: src/include/msgr.h, CEPH_MSG_PRIO_*
 */
export const Priority = { low: 64, default: 127, high: 196, highest: 255 } as const
