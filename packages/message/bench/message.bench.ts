import { BufferList } from '@msgr/bufferlist'
import { bench, do_not_optimize, group, run, summary } from 'mitata'
import { MESSAGE_HEADER_SIZE, Message, MessageFooter, MessageHeader, MessageRegistry, MPing } from '../src/index.ts'

// What every message pays, however small: its header and footer read and written, its object made. Each is set against
// another way of doing the same.

const bytes = Buffer.alloc(1 + MESSAGE_HEADER_SIZE + 21)
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
const header = new MessageHeader()
Object.assign(header, {
  seq: 123_456,
  type: 2,
  priority: 127,
  version: 1,
  compatVersion: 1,
  sourceType: 4,
  sourceNum: 9,
})
header.write(view, 1)

/** The same fields with the methods of Buffer, and 64-bit fields as bigints: what one writes first. */
function readWithBuffer(offset: number): object {
  return {
    seq: bytes.readBigUInt64LE(offset),
    tid: bytes.readBigUInt64LE(offset + 8),
    type: bytes.readUInt16LE(offset + 16),
    priority: bytes.readUInt16LE(offset + 18),
    version: bytes.readUInt16LE(offset + 20),
    frontLength: bytes.readUInt32LE(offset + 22),
    middleLength: bytes.readUInt32LE(offset + 26),
    dataLength: bytes.readUInt32LE(offset + 30),
    dataOffset: bytes.readUInt16LE(offset + 34),
    sourceType: bytes.readUInt8(offset + 36),
    sourceNum: bytes.readBigInt64LE(offset + 37),
    compatVersion: bytes.readUInt16LE(offset + 45),
    crc: bytes.readUInt32LE(offset + 49),
  }
}

function writeWithBuffer(offset: number, seq: bigint, num: bigint): void {
  bytes.writeBigUInt64LE(seq, offset)
  bytes.writeBigUInt64LE(0n, offset + 8)
  bytes.writeUInt16LE(header.type, offset + 16)
  bytes.writeUInt16LE(header.priority, offset + 18)
  bytes.writeUInt16LE(header.version, offset + 20)
  bytes.writeUInt32LE(header.frontLength, offset + 22)
  bytes.writeUInt32LE(header.middleLength, offset + 26)
  bytes.writeUInt32LE(header.dataLength, offset + 30)
  bytes.writeUInt16LE(header.dataOffset, offset + 34)
  bytes.writeUInt8(header.sourceType, offset + 36)
  bytes.writeBigInt64LE(num, offset + 37)
  bytes.writeUInt16LE(header.compatVersion, offset + 45)
  bytes.writeUInt16LE(0, offset + 47)
}

group('read a header', () => {
  summary(() => {
    bench('MessageHeader.read', () => {
      header.read(view, 1)
      do_not_optimize(header.seq)
    })
    bench('Buffer methods, a new object', () => do_not_optimize(readWithBuffer(1)))
  })
})

group('write a header', () => {
  summary(() => {
    bench('MessageHeader.write', () => {
      header.write(view, 1)
      do_not_optimize(bytes)
    })
    bench('Buffer methods, bigints', () => {
      writeWithBuffer(1, BigInt(header.seq), BigInt(header.sourceNum))
      do_not_optimize(bytes)
    })
  })
})

group('read and write a footer', () => {
  const footer = new MessageFooter()
  summary(() => {
    bench('MessageFooter', () => {
      footer.read(view, 54, 21)
      footer.write(view, 54, 21)
      do_not_optimize(bytes)
    })
    bench('with the signature as a bigint', () => {
      footer.read(view, 54, 13)
      footer.write(view, 54, 13)
      view.setBigUint64(66, view.getBigUint64(66, true), true)
      do_not_optimize(bytes)
    })
  })
})

/** A type that no small array has room for. */
class MFar extends Message {
  static readonly type = 60_000
  static readonly headVersion = 1
  static readonly compatVersion = 1

  constructor() {
    super(MFar)
  }

  protected override encodePayload(): void {
    do_not_optimize(this)
  }

  protected override decodePayload(): void {
    do_not_optimize(this)
  }
}

group('make a message', () => {
  const near = new MessageRegistry()
  const far = new MessageRegistry([MFar])
  const farHeader = Object.assign(new MessageHeader(), { type: MFar.type })
  const data = new BufferList(new Uint8Array(64))
  summary(() => {
    bench('new MPing', () => do_not_optimize(new MPing()))
    bench('MessageRegistry.decode of an MPing', () =>
      do_not_optimize(near.decode(header, undefined, undefined, undefined)),
    )
    bench('of one with 64 bytes of data', () => do_not_optimize(near.decode(header, undefined, undefined, data)))
    bench('of an MPing beside a type of 60000', () =>
      do_not_optimize(far.decode(header, undefined, undefined, undefined)),
    )
    bench('of a type of 60000', () => do_not_optimize(far.decode(farHeader, undefined, undefined, undefined)))
  })
})

group('make, encode and describe a message', () => {
  const features = 0x3f01cfbdfffdffffn
  bench('MPing', () => {
    const ping = new MPing()
    ping.encode(features)
    ping.fillHeader(header)
    do_not_optimize(header)
  })
})

await run()
