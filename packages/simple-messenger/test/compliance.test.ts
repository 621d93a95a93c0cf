import { EntityAddr } from '@msgr/message'
import { describeMessenger } from '@msgr-tooling/messenger-compliance'
import { SimpleMessenger } from '../src/index.ts'

for (const bindAddr of ['v1:127.0.0.1:0', 'v1:[::1]:0', 'v2:127.0.0.1:0', 'v2:[::1]:0']) {
  describeMessenger({
    name: `SimpleMessenger on ${bindAddr}`,
    create: (name, settings) => new SimpleMessenger(name, settings),
    bindAddr: EntityAddr.parse(bindAddr),
    hasSockets: true,
    takesTimers: true,
  })
}
