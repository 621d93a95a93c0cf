import { BufferList, crc32c, Uuid } from '@msgr/bufferlist'
import { MESSAGE_FOOTER_SIZE, MESSAGE_HEADER_CRC_OFFSET, MESSAGE_HEADER_SIZE } from '@msgr/message'
import { EntityType, MessageFooter, MessageHeader, MessageRegistry } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MOSDPing, MOSDPingOp, type MOSDPingFields } from '../src/m-osd-ping.ts'
import { asInstance } from './raw-peer.ts'
import { readGolden } from './read-golden.ts'

const FSID = Uuid.parse('11111111-2222-3333-4444-555555555555')
const registry = new MessageRegistry([MOSDPing])

/** What the golden pings have in common. */
const COMMON: MOSDPingFields = {
  fsid: FSID,
  mapEpoch: 1,
  op: MOSDPingOp.ping,
  pingStamp: { seconds: 1000, nanoseconds: 5 },
  upFrom: 1,
  monoPingStamp: 7_000_000_008n,
  monoSendStamp: 9_000_000_010n,
  deltaUb: undefined,
  minMessageSize: 29,
}
const WITHOUT_CLOCKS = { upFrom: 0, monoPingStamp: 0n, monoSendStamp: 0n, deltaUb: undefined }

/** Takes a frame of the v1 wire apart, checking its lengths and checksums. */
function readFrame(frame: Uint8Array): { header: MessageHeader; front: Uint8Array } {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const header = new MessageHeader()
  header.read(view, 1)
  const front = frame.subarray(1 + MESSAGE_HEADER_SIZE, frame.length - MESSAGE_FOOTER_SIZE)
  const footer = new MessageFooter()
  footer.read(view, frame.length - MESSAGE_FOOTER_SIZE, MESSAGE_FOOTER_SIZE)
  expect(frame[0]).toBe(7)
  expect(header.frontLength).toBe(front.length)
  expect(header.crc).toBe(crc32c(frame, 0, 1, 1 + MESSAGE_HEADER_CRC_OFFSET))
  expect(footer.frontCrc).toBe(crc32c(front))
  return { header, front }
}

/** Writes a frame of the v1 wire, as osd.9 would as its first message. */
function writeFrame(message: MOSDPing): Uint8Array {
  message.encode(0n)
  message.priority = 127
  const front = message.front.toContiguous()
  const frame = new Uint8Array(1 + MESSAGE_HEADER_SIZE + front.length + MESSAGE_FOOTER_SIZE)
  const view = new DataView(frame.buffer)
  const header = new MessageHeader()
  message.fillHeader(header)
  header.seq = 1
  header.sourceType = EntityType.osd
  header.sourceNum = 9
  header.write(view, 1)
  view.setUint32(1 + MESSAGE_HEADER_CRC_OFFSET, crc32c(frame, 0, 1, 1 + MESSAGE_HEADER_CRC_OFFSET), true)
  const footer = new MessageFooter()
  footer.frontCrc = crc32c(front)
  footer.flags = 1
  footer.write(view, frame.length - MESSAGE_FOOTER_SIZE, MESSAGE_FOOTER_SIZE)
  frame[0] = 7
  frame.set(front, 1 + MESSAGE_HEADER_SIZE)
  return frame
}

function decode(version: number, front: Uint8Array, compatVersion = 1): MOSDPing {
  const header = new MessageHeader()
  Object.assign(header, { type: MOSDPing.type, version, compatVersion, frontLength: front.length })
  return asInstance(MOSDPing, registry.decode(header, new BufferList(front), undefined, undefined))
}

describe('version 5, as Ceph 16 writes it', () => {
  const cases: readonly [string, MOSDPingFields, number][] = [
    ['ping-v5', COMMON, 0],
    ['ping-reply-v5', { ...COMMON, op: MOSDPingOp.pingReply, deltaUb: -1_000_000_005n }, 0],
    ['you-died-v5', { ...COMMON, op: MOSDPingOp.youDied }, 0],
    ['ping-v5-padded', { ...COMMON, minMessageSize: 2000 }, 2000],
  ]
  test.each(cases)('%s is written byte for byte and read back', (name, fields, minMessageSize) => {
    const golden = readGolden(name)
    const { header, front } = readFrame(golden)
    expect(Buffer.from(writeFrame(new MOSDPing({ ...fields, minMessageSize }))).toString('hex')).toBe(
      Buffer.from(golden).toString('hex'),
    )
    const read = asInstance(MOSDPing, registry.decode(header, new BufferList(front), undefined, undefined))
    expect(read.fields).toEqual(fields)
  })

  test('a ping of the default size has a front of 2025 bytes, and 2033 with delta_ub', () => {
    const front = (deltaUb: bigint | undefined): number => {
      const ping = new MOSDPing({ minMessageSize: 2000, deltaUb })
      ping.encode(0n)
      return ping.frontLength
    }
    expect([front(undefined), front(0n)]).toEqual([2025, 2033])
  })
})

describe('older versions', () => {
  test('version 4 is read without the fields it does not have', () => {
    const { header, front } = readFrame(readGolden('ping-v4'))
    const read = asInstance(MOSDPing, registry.decode(header, new BufferList(front), undefined, undefined))
    expect(read.version).toBe(4)
    expect(read.fields).toEqual({ ...COMMON, ...WITHOUT_CLOCKS })
  })

  test('version 3 is read', () => {
    const front = readGolden('ping-v3')
    expect(crc32c(front)).toBe(0x5c02c116)
    expect(decode(3, front, 2).fields).toEqual({ ...COMMON, ...WITHOUT_CLOCKS })
  })

  test('version 2 is read', () => {
    const { header, front } = readFrame(readGolden('ping-v2'))
    expect(header.compatVersion).toBe(1)
    expect(decode(header.version, front).fields).toEqual({ ...COMMON, ...WITHOUT_CLOCKS, minMessageSize: 0 })
  })

  test('what Ceph 0.94 wrote is read', () => {
    const front = readGolden('ping-v2-hammer')
    expect(crc32c(front)).toBe(0x3ebdfe20)
    expect(decode(2, front).fields).toEqual({
      ...COMMON,
      ...WITHOUT_CLOCKS,
      fsid: Uuid.parse('30d23f65-d2a0-4619-8527-0c6b11ccc2a8'),
      mapEpoch: 24,
      pingStamp: { seconds: 0x55ca9fed, nanoseconds: 0x153a799e },
      minMessageSize: 0,
    })
  })

  test('version 1 ends before the stamp', () => {
    const front = readGolden('ping-v2').subarray(1 + MESSAGE_HEADER_SIZE, -MESSAGE_FOOTER_SIZE - 8)
    expect(decode(1, front).fields.pingStamp).toEqual({ seconds: 0, nanoseconds: 0 })
  })

  test('a reader of version 4 finds in version 5 what it knows', () => {
    const { front } = readFrame(readGolden('ping-v5-padded'))
    expect(decode(4, front, 4).fields).toEqual({ ...COMMON, ...WITHOUT_CLOCKS, minMessageSize: 2000 })
  })
})

const arbitraryNanoseconds = fc.bigInt({
  min: -(2n ** 31n - 1n) * 1_000_000_000n,
  max: (2n ** 31n - 1n) * 1_000_000_000n,
})
const arbitraryFields: fc.Arbitrary<MOSDPingFields> = fc.record({
  fsid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Uuid.fromBytes(bytes)),
  mapEpoch: fc.nat(0xffff_ffff),
  op: fc.nat(255),
  pingStamp: fc.record({ seconds: fc.nat(0xffff_ffff), nanoseconds: fc.nat(999_999_999) }),
  upFrom: fc.nat(0xffff_ffff),
  monoPingStamp: arbitraryNanoseconds,
  monoSendStamp: arbitraryNanoseconds,
  deltaUb: fc.option(arbitraryNanoseconds, { nil: undefined }),
  minMessageSize: fc.integer({ min: 29, max: 5000 }),
})

test('what is written is read back', () => {
  fc.assert(
    fc.property(arbitraryFields, (fields) => {
      const ping = new MOSDPing(fields)
      ping.encode(0n)
      expect(decode(5, ping.front.toContiguous(), 4).fields).toEqual(fields)
    }),
  )
})

test('a front that ends too soon is refused, also in the padding', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(2024), (version, length) => {
      const { front } = readFrame(readGolden('ping-v5-padded'))
      // Older layouts have no padding, or read other fields as its length; their own fields end before byte 39.
      const cut = front.subarray(0, version < 4 ? Math.min(length, 38) : Math.min(length, version === 4 ? 2003 : 2024))
      expect(() => decode(version, cut)).toThrow(expect.objectContaining({ code: 'ERR_MSGR_DECODE' }))
    }),
  )
})
