import { EntityAddr } from '@msgr/message'
import { describeMessenger } from '@msgr-tooling/messenger-compliance'
import { SimpleMessenger } from '../src/index.ts'

for (const address of ['127.0.0.1', '[::1]']) {
  describeMessenger({
    name: `SimpleMessenger on ${address}`,
    create: (name, settings) => new SimpleMessenger(name, settings),
    bindAddr: EntityAddr.parse(`v1:${address}:0`),
    hasSockets: true,
  })
}
