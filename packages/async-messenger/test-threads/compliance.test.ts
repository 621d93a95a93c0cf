import { EntityAddr } from '@msgr/message'
import { describeMessenger } from '@msgr-tooling/messenger-compliance'
import { AsyncMessenger } from '../src/index.ts'

// Every promise of a messenger, for each number of threads, on both wires; MSGR_OP_THREADS="1 4" picks some. Each test
// starts threads, which takes its time: so they are run apart from the other tests.
const COUNTS = (process.env['MSGR_OP_THREADS'] ?? '1 2 4').split(' ').map(Number)

for (const opThreads of COUNTS) {
  for (const wire of ['v1', 'v2']) {
    describeMessenger({
      name: `AsyncMessenger on ${opThreads} threads, ${wire}`,
      create: (entity, settings) => new AsyncMessenger(entity, { opThreads, ...settings }),
      bindAddr: EntityAddr.parse(`${wire}:127.0.0.1:0`),
      hasSockets: true,
      takesTimers: false,
    })
  }
}
