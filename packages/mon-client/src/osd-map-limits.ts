/**
 * The most OSDs that a map may announce: ten times what Ceph itself allows by default (`mon_max_osd`). A change of a
 * few bytes may announce them, and each takes memory.
 */
export const MAX_OSD_COUNT = 100_000
