import { BufferEncoder, BufferList } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EntityAddrVec,
  decodeEntityAddrVec,
  encodeEntityAddrVec,
  FEATURES_ALL,
  Message,
  MessageHeader,
  MessageRegistry,
  MPing,
} from '../src/index.ts'

/** A message whose encoding depends on the peer, and that counts how often it was encoded. */
class MAddrs extends Message {
  static readonly type = 1001
  static readonly headVersion = 4
  static readonly compatVersion = 0
  addrs: EntityAddrVec
  encodeCount = 0

  constructor(addrs: EntityAddrVec = new EntityAddrVec()) {
    super(MAddrs)
    this.addrs = addrs
  }

  protected override encodePayload(features: bigint): void {
    this.encodeCount++
    const encoder = new BufferEncoder()
    encodeEntityAddrVec(encoder, this.addrs, features)
    this.front = encoder.toBufferList()
  }

  protected override decodePayload(): void {
    this.addrs = decodeEntityAddrVec(this.front.cursor())
  }
}

const addrs = EntityAddrVec.parse('[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]')
const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })

describe('Message', () => {
  it('has the versions of its class, and nothing else yet', () => {
    const message = new MAddrs()
    expect(message).toMatchObject({ type: 1001, version: 4, compatVersion: 0, priority: 0, seq: 0, dataOffset: 0 })
    expect(message).toMatchObject({ source: undefined, connection: undefined, tid: 0n, cost: 0 })
    expect(message).toMatchObject({
      recvStampMs: 0,
      recvCompleteStampMs: 0,
      dispatchStampMs: 0,
      dispatchThrottleBytes: 0,
    })
  })

  it('has parts that begin empty and are its own', () => {
    const message = new MPing()
    expect([message.frontLength, message.middleLength, message.dataLength]).toEqual([0, 0, 0])
    message.front.append('a')
    message.middle.append('bc')
    message.data.append('def')
    expect([message.frontLength, message.middleLength, message.dataLength]).toEqual([1, 2, 3])
    expect(new MPing().frontLength).toBe(0)
    const list = new BufferList()
    message.front = list
    message.middle = list
    message.data = list
    expect([message.front, message.middle, message.data].every((part) => part === list)).toBe(true)
  })

  it('weighs as much as its data', () => {
    const message = new MPing()
    message.front.append('front')
    message.middle.append('middle')
    expect(message.cost).toBe(0)
    message.data.append('data')
    expect(message.cost).toBe(4)
  })

  it('takes its transaction id to the header in two halves, and back', () => {
    fc.assert(
      fc.property(uint64, (tid) => {
        const message = new MPing()
        message.tid = tid
        expect(message.tid).toBe(tid)
        const header = new MessageHeader()
        message.fillHeader(header)
        expect(header.tidLow).toBe(Number(tid & 0xffffffffn))
        expect(header.tidHigh).toBe(Number(tid >> 32n))
        expect(new MessageRegistry().decode(header, undefined, undefined, undefined).tid).toBe(tid)
      }),
    )
  })

  it('cuts a transaction id to 64 bits', () => {
    const message = new MPing()
    message.tid = -1n
    expect(message.tid).toBe(0xffff_ffff_ffff_ffffn)
    message.tid = (1n << 64n) + 5n
    expect(message.tid).toBe(5n)
  })

  it('says what it is', () => {
    const message = new MPing()
    message.data.append('data')
    expect(message.toString()).toBe('MPing(type 2, seq 0, 0+0+4 bytes)')
  })
})

describe('Message.encode', () => {
  it('encodes once for each set of features', () => {
    const message = new MAddrs(addrs)
    message.encode(0n)
    expect(message.frontLength).toBe(136)
    message.encode(0n)
    expect(message.encodeCount).toBe(1)
    message.encode(FEATURES_ALL)
    expect(message).toMatchObject({ encodeCount: 2, frontLength: 5 + 2 * 35 })
    message.encode(FEATURES_ALL)
    message.encode(0n)
    expect(message).toMatchObject({ encodeCount: 3, frontLength: 136 })
  })

  it('leaves what is still on its way to another peer as it was', () => {
    const message = new MAddrs(addrs)
    message.encode(FEATURES_ALL)
    const onItsWay = message.front
    const bytes = onItsWay.slice()
    message.encode(0n)
    expect(message.front).not.toBe(onItsWay)
    expect(onItsWay.slice()).toEqual(bytes)
  })

  it('encodes a message that was received before it is sent on', () => {
    const message = new MAddrs(addrs)
    message.encode(0n)
    const header = new MessageHeader()
    message.fillHeader(header)
    const received = new MessageRegistry([MAddrs]).decode(header, message.front, undefined, undefined)
    expect(received).toHaveProperty('addrs', EntityAddrVec.parse('v1:10.0.0.1:6789/0'))
    received.encode(FEATURES_ALL)
    expect(received).toMatchObject({ encodeCount: 1, frontLength: 5 + 35 })
  })
})

describe('Message.fillHeader', () => {
  it('writes what the message knows, and leaves the rest to its caller', () => {
    const message = new MAddrs(addrs)
    message.priority = 63
    message.dataOffset = 100
    message.seq = 5
    message.encode(0n)
    message.middle.append('ab')
    message.data.append('abc')
    const header = Object.assign(new MessageHeader(), { seq: 9, sourceType: 4, sourceNum: 3, crc: 1 })
    message.fillHeader(header)
    expect(header).toEqual(
      Object.assign(new MessageHeader(), {
        seq: 9,
        sourceType: 4,
        sourceNum: 3,
        crc: 1,
        type: 1001,
        priority: 63,
        version: 4,
        compatVersion: 4,
        frontLength: 136,
        middleLength: 2,
        dataLength: 3,
        dataOffset: 100,
      }),
    )
  })

  it('says that whoever knows the version can read it, unless the message says otherwise', () => {
    const header = new MessageHeader()
    const message = new MAddrs()
    message.version = 3
    message.fillHeader(header)
    expect(header).toMatchObject({ version: 3, compatVersion: 3 })
    message.compatVersion = 2
    message.fillHeader(header)
    expect(header).toMatchObject({ version: 3, compatVersion: 2 })
  })
})
