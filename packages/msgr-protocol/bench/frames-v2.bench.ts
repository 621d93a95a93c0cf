import { BufferList, crc32c } from '@msgr/bufferlist'
import { EntityName, EntityType, Message, MessageRegistry } from '@msgr/message'
import { bench, do_not_optimize, group, run, summary } from 'mitata'
import { DEFAULT_LIMITS, type FrameChecks, FrameReader, FrameWriter, InputBytes, OutputBytes } from '../src/index.ts'
import { FrameReaderV2 } from '../src/wire-v2/frame-reader-v2.ts'
import { FrameWriterV2 } from '../src/wire-v2/frame-writer-v2.ts'
import { GcmCipher } from '../test/wire-v2/gcm-cipher.ts'

// What the frames of either version cost, written by one end and read by the other, with all checksums. One operation
// is a batch of 64 messages, as a socket would bring them.

const BATCH = 64

/** Carries bytes and says nothing. */
class Parcel extends Message {
  static readonly type = 300
  static readonly headVersion = 1
  static readonly compatVersion = 1

  constructor() {
    super(Parcel)
  }

  protected override encodePayload(): void {
    // The data is set by whoever made the message.
  }

  protected override decodePayload(): void {
    // It is all in the data.
  }
}

const CHECKS: FrameChecks = { crc32c, crcHeader: true, crcData: true, limits: DEFAULT_LIMITS }
const registry = new MessageRegistry([Parcel])

function makeMessages(size: number): Message[] {
  return Array.from({ length: BATCH }, () => {
    const message = new Parcel()
    message.priority = 127
    message.data = new BufferList(new Uint8Array(size))
    return message
  })
}

/** Writes and reads a batch; throws if any of it is lost. */
type CarryBatch = (messages: readonly Message[]) => void

function carryV1(): CarryBatch {
  const [output, input] = [new OutputBytes(), new InputBytes()]
  const writer = new FrameWriter(output, { ...CHECKS, ownType: EntityType.osd, ownNum: 0 })
  const reader = new FrameReader(input, CHECKS)
  let seq = 0
  return (messages) => {
    for (const message of messages) writer.writeMessage(message, ++seq)
    for (const chunk of output.take()) input.push(chunk)
    expectAll(readMessages(reader))
  }
}

function carryV2(revision: '2.0' | '2.1', isSecure: boolean): CarryBatch {
  const [output, input] = [new OutputBytes(), new InputBytes()]
  const writer = new FrameWriterV2(output, CHECKS)
  const reader = new FrameReaderV2(input, CHECKS)
  writer.writeBanner({ supported: 1n, required: 0n })
  for (const chunk of output.take()) input.push(chunk)
  if (reader.next() !== 'bannerReceived') throw new Error('expected a banner')
  writer.start(revision)
  reader.start(revision)
  reader.useSource(EntityName.osd(0))
  if (isSecure) {
    writer.useCipher(new GcmCipher('dial', revision))
    reader.useCipher(new GcmCipher('accept', revision))
  }
  let seq = 0
  return (messages) => {
    for (const message of messages) writer.writeMessage(message, ++seq, seq)
    for (const chunk of output.take()) input.push(chunk)
    expectAll(readMessages(reader))
  }
}

function readMessages(reader: FrameReader | FrameReaderV2): number {
  let count = 0
  for (let signal = reader.next(); signal !== undefined; signal = reader.next()) {
    if (signal === 'messageArriving') reader.admit()
    if (signal !== 'message') continue
    do_not_optimize(reader.decodeMessage(registry))
    count++
  }
  return count
}

function expectAll(count: number): void {
  if (count !== BATCH) throw new Error(`expected ${BATCH} messages, got ${count}`)
}

for (const size of [64, 4096]) {
  group(`${BATCH} messages of ${size} bytes, written and read`, () => {
    const messages = makeMessages(size)
    summary(() => {
      for (const [name, carry] of [
        ['version 1', carryV1()],
        ['version 2.1, in clear', carryV2('2.1', false)],
        ['version 2.0, in clear', carryV2('2.0', false)],
        ['version 2.1, sealed', carryV2('2.1', true)],
        ['version 2.0, sealed', carryV2('2.0', true)],
      ] as const) {
        bench(name, () => {
          carry(messages)
        })
      }
    })
  })
}

await run()
