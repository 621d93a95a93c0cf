import { BufferList, Uuid } from '@msgr/bufferlist'
import { EntityAddr, MessageHeader, MessageRegistry, type Message, type MessageClass } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { ClusterMap } from '../src/cluster-map.ts'
import { MBoot } from '../src/m-boot.ts'
import { MClusterMap } from '../src/m-cluster-map.ts'
import { MFailureReport } from '../src/m-failure-report.ts'
import { MOSDPing } from '../src/m-osd-ping.ts'
import { MSubscribe } from '../src/m-subscribe.ts'
import { asInstance } from './raw-peer.ts'

const CLASSES: readonly MessageClass[] = [MBoot, MClusterMap, MFailureReport, MSubscribe, MOSDPing]
const FRONT = EntityAddr.parse('v1:127.0.0.1:6800/11')
const BACK = EntityAddr.parse('v1:[::1]:6801/12')

function sendAndReceive<M extends Message>(messageClass: new () => M, message: M): M {
  message.encode(0n)
  const header = new MessageHeader()
  message.fillHeader(header)
  const front = new BufferList(message.front.toContiguous())
  return asInstance(messageClass, new MessageRegistry(CLASSES).decode(header, front, undefined, undefined))
}

describe('what is sent is received', () => {
  test('MBoot', () => {
    const received = sendAndReceive(MBoot, new MBoot(FRONT, BACK))
    expect([received.hbFront, received.hbBack]).toEqual([FRONT, BACK])
  })

  test('MClusterMap', () => {
    const map = new ClusterMap(Uuid.random()).withUp(4, { front: FRONT, back: BACK })
    expect(sendAndReceive(MClusterMap, new MClusterMap(map)).map).toEqual(map)
  })

  test.each(['alive', 'silence', 'refused'] as const)('MFailureReport of %s', (finding) => {
    const report = { target: 3, targetUpFrom: 7, finding, failedForMs: 2345 }
    expect(sendAndReceive(MFailureReport, new MFailureReport(report)).report).toEqual(report)
  })

  test('MSubscribe', () => {
    expect(sendAndReceive(MSubscribe, new MSubscribe(12)).start).toBe(12)
  })
})

test('a finding that nobody knows is refused', () => {
  const message = new MFailureReport()
  message.encode(0n)
  const front = message.front.toContiguous()
  front[8] = 3
  const header = new MessageHeader()
  message.fillHeader(header)
  const registry = new MessageRegistry(CLASSES)
  expect(() => registry.decode(header, new BufferList(front), undefined, undefined)).toThrow('expected 0 to 2, got 3')
})

test('the types are none of those that Ceph has given out', () => {
  for (const { type } of [MBoot, MClusterMap, MFailureReport, MSubscribe]) expect(type).toBeGreaterThanOrEqual(0x7f00)
})
