import { BufferEncoder, BufferList, crc32c } from '@msgr/bufferlist'
import { describe, expect, it } from 'vitest'
import {
  FEATURES_ALL,
  FooterFlag,
  MESSAGE_HEADER_CRC_OFFSET,
  MESSAGE_HEADER_SIZE,
  MessageFooter,
  MessageHeader,
  MessageRegistry,
  MPing,
  Priority,
} from '../src/index.ts'
import { readGolden } from './read-golden.ts'

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

describe('MPing', () => {
  it('has the numbers of the wire, and nothing in it', () => {
    const ping = new MPing()
    expect([MPing.type, MPing.headVersion, MPing.compatVersion]).toEqual([2, 1, 1])
    expect(ping).toMatchObject({
      type: 2,
      version: 1,
      compatVersion: 1,
      frontLength: 0,
      middleLength: 0,
      dataLength: 0,
    })
  })

  it.each([
    ['mping-osd-9-header', 4, 9],
    ['mping-unnamed-client-header', 8, -1],
  ])('makes the header %s, with its crc', (name, sourceType, sourceNum) => {
    const ping = new MPing()
    ping.priority = Priority.default
    ping.encode(FEATURES_ALL)
    const header = Object.assign(new MessageHeader(), { seq: 1, sourceType, sourceNum })
    ping.fillHeader(header)
    const bytes = Buffer.alloc(MESSAGE_HEADER_SIZE)
    header.write(viewOf(bytes), 0)
    bytes.writeUInt32LE(crc32c(bytes, 0, 0, MESSAGE_HEADER_CRC_OFFSET), MESSAGE_HEADER_CRC_OFFSET)
    expect(bytes).toEqual(Buffer.from(readGolden(name)))
  })

  it('keeps the front and the data that it was given', () => {
    const ping = new MPing()
    ping.front.append('{}')
    ping.data = new BufferList(Buffer.from('payload'))
    ping.encode(FEATURES_ALL)
    ping.encode(0n)
    expect(ping.front.toString()).toBe('{}')
    expect(ping.data.toString()).toBe('payload')
    expect(ping).toMatchObject({ frontLength: 2, dataLength: 7, cost: 7 })
  })

  it("reads a real monitor's answer, which holds a text", () => {
    const frame = readGolden('mon-ping-reply')
    const header = new MessageHeader()
    header.read(viewOf(frame), 1)
    const frontEnd = 1 + MESSAGE_HEADER_SIZE + header.frontLength
    const front = frame.subarray(1 + MESSAGE_HEADER_SIZE, frontEnd)
    const footer = new MessageFooter()
    footer.read(viewOf(frame), frontEnd, frame.length - frontEnd)
    expect(footer).toMatchObject({ frontCrc: crc32c(front), flags: FooterFlag.complete })

    const reply = new MessageRegistry().decode(header, new BufferList(front), undefined, undefined)
    expect(reply).toBeInstanceOf(MPing)
    expect(reply).toMatchObject({ version: 1, compatVersion: 0, priority: Priority.high, seq: 1, dataLength: 0 })
    const cursor = reply.front.cursor()
    const status: unknown = JSON.parse(cursor.readString())
    expect(cursor.remaining).toBe(0)
    expect(status).toMatchObject({ health: { status: 'HEALTH_WARN' }, mon_status: { name: 'a', state: 'leader' } })
  })

  it('can be made into such an answer', () => {
    const reply = new MPing()
    reply.priority = Priority.high
    reply.front = new BufferEncoder().writeString('{"health":{}}').toBufferList()
    reply.encode(FEATURES_ALL)
    const header = new MessageHeader()
    reply.fillHeader(header)
    expect(header).toMatchObject({ type: 2, priority: 196, frontLength: 17, middleLength: 0, dataLength: 0 })
    const again = new MessageRegistry().decode(header, reply.front, undefined, undefined)
    expect(again.front.cursor().readString()).toBe('{"health":{}}')
  })
})
