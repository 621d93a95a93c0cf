import { EntityAddr } from '@msgr/message'
import { describeMessenger } from '@msgr-tooling/messenger-compliance'
import { AsyncMessenger, type AsyncMessengerSettings } from '../src/index.ts'

const WAYS: readonly (readonly [string, AsyncMessengerSettings, bindAddr: string])[] = [
  ['on epoll', { driver: 'epoll' }, 'v1:127.0.0.1:0'],
  ['on epoll, version 2', { driver: 'epoll' }, 'v2:127.0.0.1:0'],
  ['on epoll, IPv6', { driver: 'epoll' }, 'v1:[::1]:0'],
  ['on epoll, with three workers, version 2', { driver: 'epoll', workers: 3 }, 'v2:127.0.0.1:0'],
  ['on epoll, writing on the next turn', { driver: 'epoll', asyncSendInline: false }, 'v1:127.0.0.1:0'],
  ['on select', { driver: 'select' }, 'v1:127.0.0.1:0'],
  ['on select, version 2', { driver: 'select' }, 'v2:127.0.0.1:0'],
]

for (const [name, way, bindAddr] of WAYS) {
  describeMessenger({
    name: `AsyncMessenger ${name}`,
    create: (entity, settings) => new AsyncMessenger(entity, { ...way, ...settings }),
    bindAddr: EntityAddr.parse(bindAddr),
    hasSockets: true,
    takesTimers: true,
  })
}
