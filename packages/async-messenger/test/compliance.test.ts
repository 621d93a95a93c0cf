import { EntityAddr } from '@msgr/message'
import { describeMessenger } from '@msgr-tooling/messenger-compliance'
import { AsyncMessenger, type AsyncMessengerSettings } from '../src/index.ts'

const WAYS: readonly (readonly [string, AsyncMessengerSettings, address: string])[] = [
  ['on epoll', { driver: 'epoll' }, '127.0.0.1'],
  ['on epoll, IPv6', { driver: 'epoll' }, '[::1]'],
  ['on epoll, with three workers', { driver: 'epoll', workers: 3 }, '127.0.0.1'],
  ['on epoll, writing on the next turn', { driver: 'epoll', asyncSendInline: false }, '127.0.0.1'],
  ['on select', { driver: 'select' }, '127.0.0.1'],
]

for (const [name, way, address] of WAYS) {
  describeMessenger({
    name: `AsyncMessenger ${name}`,
    create: (entity, settings) => new AsyncMessenger(entity, { ...way, ...settings }),
    bindAddr: EntityAddr.parse(`v1:${address}:0`),
    hasSockets: true,
  })
}
