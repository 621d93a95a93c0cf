import { BufferList } from '@msgr/bufferlist'
import { EntityType, type Message, MPing } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { FrameWriter, type FrameWriterOptions, OutputBytes } from '../../src/index.ts'
import { hexToBytes, joined, readGolden, toHex } from '../bytes.ts'
import { OSD_9, RawOsdPing } from './frames.ts'

function written(
  write: (writer: FrameWriter) => void,
  options: FrameWriterOptions = OSD_9,
  withSignature = true,
): string {
  const output = new OutputBytes()
  const writer = new FrameWriter(output, options)
  writer.useFooterWithSignature(withSignature)
  write(writer)
  return toHex(joined(output.take()))
}

function frameOf(message: Message, options: FrameWriterOptions = OSD_9, withSignature = true): string {
  message.priority = 127
  message.encode(0n)
  return written((writer) => writer.writeMessage(message, 1), options, withSignature)
}

describe('a frame is written as another implementation writes it', () => {
  test.each([
    ['mosdping-v5-ping', 5, 4, 54],
    ['mosdping-v5-reply', 5, 4, 62],
    ['mosdping-v5-you-died', 5, 4, 54],
    ['mosdping-v5-ping-padded', 5, 4, 2_025],
    ['mosdping-v4-ping', 4, 4, 33],
    ['mosdping-v2-ping', 2, 1, 47],
  ])('%s', (name, version, compatVersion, frontLength) => {
    const golden = readGolden(name)
    const message = new RawOsdPing()
    message.version = version
    message.compatVersion = compatVersion
    message.front = new BufferList(golden.slice(54, 54 + frontLength))
    expect(frameOf(message)).toBe(toHex(golden))
  })

  test('mping-client.4100', () => {
    const client = { ...OSD_9, ownType: EntityType.client, ownNum: 4_100 }
    expect(frameOf(new MPing(), client)).toBe(toHex(readGolden('mping-client.4100')))
  })

  test.each([
    ['mping-header-osd.9', EntityType.osd, 9],
    ['mping-header-client.unnamed', EntityType.client, -1],
  ])('%s', (name, ownType, ownNum) => {
    const frame = frameOf(new MPing(), { ...OSD_9, ownType, ownNum })
    expect(frame.slice(2, 108)).toBe(toHex(readGolden(name)))
  })

  test('a header that leaves the compat version open gives its version', () => {
    const message = new MPing()
    message.compatVersion = 0
    expect(frameOf(message).slice(2, 108)).toBe(toHex(readGolden('mping-header-osd.9')))
  })
})

describe('FrameWriter', () => {
  test('writes the footer of 13 bytes if the ends have not agreed on a signature', () => {
    const long = frameOf(new MPing())
    const short = frameOf(new MPing(), OSD_9, false)
    expect(short).toBe(`${long.slice(0, 108)}${'00'.repeat(12)}01`)
  })

  test('writes acks and keepalives as tag and number', () => {
    const stamp = { seconds: 0x01020304, nanoseconds: 0xfffffffe }
    expect(written((writer) => writer.writeAck(2 ** 32 + 5))).toBe('080500000001000000')
    expect(written((writer) => writer.writePlainKeepalive())).toBe('09')
    expect(written((writer) => writer.writeKeepalive2(stamp))).toBe('0e04030201feffffff')
    expect(written((writer) => writer.writeKeepalive2Ack(stamp))).toBe('0f04030201feffffff')
  })

  test('leaves out what it is told not to compute, and says so of the data', () => {
    const message = (): MPing => {
      const ping = new MPing()
      ping.front = new BufferList(hexToBytes('01'))
      ping.data = new BufferList(hexToBytes('02'))
      return ping
    }
    const footer = (frame: string): string => frame.slice(-42)
    const headerCrc = (frame: string): string => frame.slice(100, 108)
    const all = frameOf(message())
    expect([headerCrc(all), footer(all).slice(0, 8), footer(all).slice(16, 24)]).not.toContain('00000000')
    expect(footer(all).slice(-2)).toBe('01')
    const noData = frameOf(message(), { ...OSD_9, crcData: false })
    expect([footer(noData).slice(16, 24), footer(noData).slice(-2)]).toEqual(['00000000', '03'])
    const noHeader = frameOf(message(), { ...OSD_9, crcHeader: false })
    expect([headerCrc(noHeader), footer(noHeader).slice(0, 16)]).toEqual(['00000000', '00'.repeat(8)])
  })

  test('hands a large body on as it is', () => {
    const output = new OutputBytes()
    const message = new MPing()
    const data = new Uint8Array(5_000)
    message.data = new BufferList(data)
    message.encode(0n)
    new FrameWriter(output, OSD_9).writeMessage(message, 1)
    expect(output.take().some((chunk) => chunk.buffer === data.buffer)).toBe(true)
  })
})
