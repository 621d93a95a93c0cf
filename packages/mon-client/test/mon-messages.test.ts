import { BufferEncoder, BufferList, Uuid } from '@msgr/bufferlist'
import {
  EntityAddrVec,
  FEATURES_ALL,
  MessageHeader,
  MessageRegistry,
  MPing,
  type Message,
  type MessageClass,
} from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  MAuth,
  MAuthReply,
  MConfig,
  MMgrMap,
  MMonCommand,
  MMonCommandAck,
  MMonGetMap,
  MMonGetVersion,
  MMonGetVersionReply,
  MMonMap,
  MMonSubscribe,
  MMonSubscribeAck,
  monMessages,
  MOSDMap,
} from '../src/index.ts'
import { readGolden } from './read-golden.ts'

const registry = new MessageRegistry(monMessages)

// Uuids keep their bytes where toEqual does not look.
expect.addEqualityTesters([(a, b) => (a instanceof Uuid && b instanceof Uuid ? a.equals(b) : undefined)])

/** What a peer reads of a message. */
function carry(message: Message): Message {
  message.encode(FEATURES_ALL)
  const header = new MessageHeader()
  message.fillHeader(header)
  return registry.decode(header, message.front, message.middle, message.data)
}

const FIELDS_OF_EVERY_MESSAGE = Object.keys(new MPing())

/** What is special to messages of its type. */
function ownFields(message: Message): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(message).filter(([key]) => !FIELDS_OF_EVERY_MESSAGE.includes(key)))
}

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const texts = fc.array(text, { maxLength: 4 })
const bytes = fc.uint8Array({ maxLength: 40 })
const uuids = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((raw) => Uuid.fromBytes(raw))
const u32 = fc.nat(0xffff_ffff)
const s32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const versions = fc.maxSafeNat()
const blobs = fc.array(fc.tuple(u32, bytes), { maxLength: 3 }).map((pairs) => new Map(pairs))
const pairs = fc.array(fc.tuple(text, text), { maxLength: 4 }).map((entries) => new Map(entries))
const requests = fc
  .array(fc.tuple(text, fc.record({ start: versions, isOneTime: fc.boolean() })), { maxLength: 4 })
  .map((entries) => new Map(entries))
const addrs = fc.constantFrom('[v2:10.0.0.1:6800/7,v1:10.0.0.1:6801/7]', 'v1:[fe80::1]:1/0')
const mgrMap = fc.record({
  epoch: u32,
  activeAddrs: addrs.map((written) => EntityAddrVec.parse(written)),
  activeGid: u64,
  isAvailable: fc.boolean(),
  activeName: text,
  standbys: fc.array(fc.tuple(u64, text), { maxLength: 3 }).map((entries) => new Map(entries)),
  enabledModules: texts,
  services: pairs,
})

const messages: Readonly<Record<string, fc.Arbitrary<Message>>> = {
  MAuth: fc.record({ protocol: u32, payload: bytes, monMapEpoch: u32 }).map((fields) => new MAuth(fields)),
  MAuthReply: fc
    .record({ protocol: u32, result: s32, globalId: u64, payload: bytes, text })
    .map((fields) => new MAuthReply(fields)),
  MConfig: pairs.map((config) => new MConfig(config)),
  MMgrMap: mgrMap.map((map) => new MMgrMap(map)),
  MMonCommand: fc.record({ fsid: uuids, cmd: texts, input: bytes }).map((fields) => new MMonCommand(fields)),
  MMonCommandAck: fc
    .record({ version: versions, result: s32, status: text, cmd: texts, output: bytes })
    .map((fields) => new MMonCommandAck(fields)),
  MMonGetMap: fc.constant(new MMonGetMap()),
  MMonGetVersion: fc.tuple(u64, text).map(([handle, what]) => new MMonGetVersion(handle, what)),
  MMonGetVersionReply: fc
    .record({ handle: u64, version: versions, oldestVersion: versions })
    .map((fields) => new MMonGetVersionReply(fields)),
  MMonMap: bytes.map((map) => new MMonMap(map)),
  MMonSubscribe: fc.tuple(requests, text).map(([wanted, hostname]) => new MMonSubscribe(wanted, hostname)),
  MMonSubscribeAck: fc.tuple(u32, uuids).map(([interval, fsid]) => new MMonSubscribeAck(interval, fsid)),
  MOSDMap: fc
    .record({ fsid: uuids, incrementals: blobs, maps: blobs, oldestEpoch: u32, newestEpoch: u32 })
    .map((fields) => new MOSDMap(fields)),
}

test('every message of the list is tried here', () => {
  expect(Object.keys(messages).sort()).toEqual(monMessages.map(({ name }) => name).sort())
})

test.each(Object.entries(messages))('%s: what is written is read back', (name, arbitrary) => {
  fc.assert(
    fc.property(arbitrary, (message) => {
      const read = carry(message)
      expect(read.constructor.name).toBe(name)
      expect(ownFields(read)).toEqual(ownFields(message))
    }),
  )
})

test.each(Object.entries(messages))(
  '%s: a front that ends too soon is refused, and nothing else is thrown',
  (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), (message, cut) => {
        message.encode(FEATURES_ALL)
        const header = new MessageHeader()
        message.fillHeader(header)
        const length = message.frontLength === 0 ? 0 : cut % message.frontLength
        const front = message.front.substr(0, length)
        try {
          registry.decode(header, front, undefined, undefined)
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_MSGR_DECODE' })
        }
      }),
    )
  },
)

test('a count that the bytes cannot hold takes no memory', () => {
  const header = new MessageHeader()
  new MConfig().fillHeader(header)
  const front = new BufferEncoder().writeUInt32LE(0xffff_ffff).toBufferList()
  expect(() => registry.decode(header, front, undefined, undefined)).toThrow(
    expect.objectContaining({ code: 'ERR_MSGR_DECODE' }),
  )
})

describe('what Ceph 16.2.15 wrote', () => {
  const data = readGolden('m-mon-command-ack-data')
  const goldens: readonly (readonly [string, MessageClass, Readonly<Record<string, unknown>>])[] = [
    ['m-auth-offer', MAuth, { fields: expect.objectContaining({ protocol: 0, monMapEpoch: 0 }) }],
    ['m-auth-proof', MAuth, { fields: expect.objectContaining({ protocol: 2, monMapEpoch: 0 }) }],
    [
      'm-auth-reply-challenge',
      MAuthReply,
      { fields: expect.objectContaining({ protocol: 2, result: 0, globalId: 4099n, text: '' }) },
    ],
    [
      'm-mon-subscribe',
      MMonSubscribe,
      {
        requests: new Map([
          ['config', { start: 0, isOneTime: false }],
          ['monmap', { start: 0, isOneTime: false }],
        ]),
        hostname: 'vm',
      },
    ],
    [
      'm-mon-command',
      MMonCommand,
      {
        fields: {
          fsid: Uuid.parse('11111111-2222-3333-4444-555555555555'),
          cmd: ['{"prefix": "mon stat"}'],
          input: new Uint8Array(0),
        },
      },
    ],
    [
      'm-mon-command-ack',
      MMonCommandAck,
      { fields: { version: 1, result: 0, status: '', cmd: ['{"prefix": "mon stat"}'], output: data } },
    ],
    ['m-mon-get-version', MMonGetVersion, { handle: 3n, what: 'osdmap' }],
    ['m-mon-get-version-reply', MMonGetVersionReply, { fields: { handle: 3n, version: 31, oldestVersion: 1 } }],
    ['m-config', MConfig, { config: new Map([['rbd_cache', 'false']]) }],
    ['m-mon-map', MMonMap, { monMapBytes: readGolden('m-mon-map').subarray(4) }],
    [
      'm-osd-map-incrementals',
      MOSDMap,
      { fields: expect.objectContaining({ maps: new Map(), oldestEpoch: 1, newestEpoch: 41 }) },
    ],
  ]

  test.each(goldens)('%s is read, and written byte for byte', (name, messageClass, fields) => {
    const { type, headVersion, compatVersion } = messageClass
    const front = readGolden(name)
    const header = Object.assign(new MessageHeader(), { type, version: headVersion, compatVersion })
    const withData = name === 'm-mon-command-ack' ? data : new Uint8Array(0)
    const read = registry.decode(header, new BufferList(front), undefined, new BufferList(withData))
    expect(ownFields(read)).toEqual(fields)
    read.encode(FEATURES_ALL)
    expect(read.front.toString('hex')).toBe(Buffer.from(front).toString('hex'))
    expect(read.data.toContiguous()).toEqual(withData)
  })
})

describe('older versions', () => {
  function decode(messageClass: MessageClass, version: number, front: BufferList): Readonly<Record<string, unknown>> {
    const { type, compatVersion } = messageClass
    const header = Object.assign(new MessageHeader(), { type, version, compatVersion })
    return ownFields(registry.decode(header, front, undefined, undefined))
  }

  test('MMonSubscribe of version 2 has no host name', () => {
    const whole = new BufferList(readGolden('m-mon-subscribe'))
    const front = whole.substr(0, whole.length - 6)
    expect(decode(MMonSubscribe, 2, front)).toMatchObject({ hostname: '', requests: { size: 2 } })
    expect(() => decode(MMonSubscribe, 3, front)).toThrow(expect.objectContaining({ code: 'ERR_MSGR_DECODE' }))
  })

  test('MMonGetVersionReply of version 1 has no oldest version', () => {
    const front = new BufferEncoder().writeBigUInt64LE(7n).writeBigUInt64LE(9n).toBufferList()
    expect(decode(MMonGetVersionReply, 1, front)).toEqual({ fields: { handle: 7n, version: 9, oldestVersion: 0 } })
  })

  test('MAuth may end before the epoch', () => {
    const whole = new BufferList(readGolden('m-auth-offer'))
    expect(decode(MAuth, 1, whole.substr(0, whole.length - 4))).toMatchObject({ fields: { monMapEpoch: 0 } })
  })

  test('MOSDMap of version 1 does not tell the range of epochs, and version 3 ends with it', () => {
    const encoder = new BufferEncoder().writeZeros(16 + 4 + 4)
    expect(decode(MOSDMap, 1, encoder.toBufferList())).toMatchObject({ fields: { oldestEpoch: 0, newestEpoch: 0 } })
    const withRange = new BufferEncoder()
      .writeZeros(16 + 4 + 4)
      .writeUInt32LE(3)
      .writeUInt32LE(5)
      .toBufferList()
    expect(decode(MOSDMap, 3, withRange)).toMatchObject({ fields: { oldestEpoch: 3, newestEpoch: 5 } })
  })

  test('MMonGetMap of a newer peer may say more, which is passed over', () => {
    expect(decode(MMonGetMap, 1, new BufferEncoder().writeString('more').toBufferList())).toEqual({})
  })
})
