import { bufferlistContest } from './bufferlist-contest.ts'
import type { Contest } from './contest.ts'
import { crc32cContest } from './crc32c-contest.ts'
import { driverContest } from './driver-contest.ts'
import { queueContest } from './queue-contest.ts'

/** The contests, in the order of their suites. */
export const contests: readonly Contest[] = [bufferlistContest, queueContest, crc32cContest, driverContest]
