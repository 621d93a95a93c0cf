import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What one collection finds unused the next one may give back, and then other threads do the rest. */
const ROUNDS = 3
const PAUSE_MS = 50

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/**
 * Has V8 collect all garbage, and gives it time to return the memory to the system, which it otherwise does late: what
 * the process then has is what it needs.
 */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    collect()
    await sleep(PAUSE_MS)
  }
}
