import { EntityAddr } from '@msgr/message'
import { describeMessenger } from '../src/describe-messenger.ts'
import { MemoryMessenger, MemoryNetwork } from '../src/memory-messenger.ts'

const network = new MemoryNetwork()

for (const wire of ['v1', 'v2']) {
  describeMessenger({
    name: `MemoryMessenger on ${wire}`,
    create: (name, settings) => new MemoryMessenger(network, name, settings),
    bindAddr: EntityAddr.parse(`${wire}:10.0.0.1:0`),
    hasSockets: false,
    takesTimers: true,
  })
}
