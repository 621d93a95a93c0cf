import { EntityAddr } from '@msgr/message'
import { describeMessenger } from '../src/describe-messenger.ts'
import { MemoryMessenger, MemoryNetwork } from '../src/memory-messenger.ts'

const network = new MemoryNetwork()

describeMessenger({
  name: 'MemoryMessenger',
  create: (name, settings) => new MemoryMessenger(network, name, settings),
  bindAddr: EntityAddr.parse('v1:10.0.0.1:0'),
  hasSockets: false,
})
