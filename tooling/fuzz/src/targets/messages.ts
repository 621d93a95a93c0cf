import { BufferList } from '@msgr/bufferlist'
import { MessageHeader, MessageRegistry, MPing, type Message, type MessageClass } from '@msgr/message'
import { MBoot, MClusterMap, MFailureReport, MOSDPing, MSubscribe } from '@msgr-apps/heartbeat-demo'
import fc from 'fast-check'
import { arbitraryU32, arbitraryU64 } from '../arbitrary-frames.ts'
import { CountedList } from '../counted-list.ts'
import { cut } from '../cut.ts'
import { failureCode, outcomeOf } from '../documented-error.ts'
import { promise } from '../errors.ts'
import { readHexFiles } from '../hex-file.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'
import { concat, FOOTER_LENGTH } from '../v1-stream.ts'

// An input: which class, version, compat version, and how the payload is cut; then the payload.

const CLASSES: readonly MessageClass[] = [MPing, MOSDPing, MBoot, MClusterMap, MFailureReport, MSubscribe]
const SETUP_LENGTH = 4
const registry = new MessageRegistry(CLASSES)

/** A header that says of the payload what is true. */
function headerOf(bytes: Uint8Array): MessageHeader {
  const header = new MessageHeader()
  // One number beyond the classes stands for a type that nobody knows.
  header.type = CLASSES[(bytes[0] ?? 0) % (CLASSES.length + 1)]?.type ?? 0x7eff
  header.version = (bytes[1] ?? 0) % 8
  header.compatVersion = (bytes[2] ?? 0) % 8
  header.frontLength = Math.max(0, bytes.length - SETUP_LENGTH)
  return header
}

function frontOf(message: Message): Uint8Array {
  message.encode(0n)
  return message.front.slice()
}

/** What a message says, as it would be sent by us: not all of it if its sender's layout was another. */
function rewritten(header: MessageHeader, front: BufferList): { message: Message; front: Uint8Array } {
  const message = registry.decode(header, front, undefined, undefined)
  message.version = CLASSES.find(({ type }) => type === message.type)?.headVersion ?? message.version
  return { message, front: frontOf(message) }
}

function run(bytes: Uint8Array): number {
  const header = headerOf(bytes)
  const payload = bytes.subarray(SETUP_LENGTH)
  const trace = new Trace(32 + 4 * bytes.length)
  trace.note(header.type)
  trace.note(header.version)
  const whole = outcomeOf(() => rewritten(header, new CountedList(trace, cut(payload, 0))))
  const inPieces = new BufferList()
  for (const chunk of cut(payload, (bytes[3] ?? 0) + 1)) inPieces.append(chunk)
  const again = outcomeOf(() => rewritten(header, inPieces))
  trace.note(whole.failure === undefined ? 'read' : failureCode(whole.failure))
  if (whole.failure !== undefined || again.failure !== undefined) {
    promise(
      whole.failure === again.failure,
      () => `one piece: ${whole.failure ?? 'fine'}; many: ${again.failure ?? 'fine'}`,
    )
    return trace.signature
  }
  const { message, front } = whole.value
  promise(sameBytes(front, again.value.front), () => `${message.toString()} depends on how its bytes are cut`)
  const answer = new MessageHeader()
  message.fillHeader(answer)
  const second = rewritten(answer, new BufferList(front))
  promise(sameBytes(front, second.front), () => `${message.toString()} is written otherwise once it was read back`)
  return trace.signature
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function goldenInputs(): Uint8Array[] {
  const frames = [
    ...readHexFiles('apps/heartbeat-demo/test/golden', /^(ping-v[45]|ping-reply|you-died)/),
    ...readHexFiles('packages/msgr-protocol/test/golden', /^mosdping-/),
  ]
  const pings = frames.map((frame) =>
    concat(Uint8Array.of(1, frame[21] ?? 5, 4, 0), frame.subarray(54, frame.length - FOOTER_LENGTH)),
  )
  const old = readHexFiles('apps/heartbeat-demo/test/golden', /^ping-v[23]/)
  return [
    ...pings,
    ...old.flatMap((front) => [1, 2, 3].map((version) => concat(Uint8Array.of(1, version, 1, 9), front))),
  ]
}

const u32Bytes = arbitraryU32.map((value) => Uint8Array.from(Buffer.from(Uint32Array.of(value).buffer)))
const u64Bytes = arbitraryU64.map((value) => Uint8Array.from(Buffer.from(BigUint64Array.of(value).buffer)))

/** The payload of every message that an OSD or the monitor may be sent. */
export const messages: Target = {
  name: 'messages',
  seeds: () => [
    ...goldenInputs(),
    ...CLASSES.map((messageClass, i) =>
      concat(Uint8Array.of(i, messageClass.headVersion, messageClass.compatVersion, 3), frontOf(new messageClass())),
    ),
  ],
  structured: fc
    .tuple(
      fc.constantFrom(...CLASSES.keys()),
      fc.nat(7),
      fc.nat(6),
      fc.nat(255),
      fc.array(fc.oneof(u32Bytes, u64Bytes, fc.uint8Array({ maxLength: 20 })), { maxLength: 12 }),
    )
    .map(([number, version, compat, seed, parts]) => concat(Uint8Array.of(number, version, compat, seed), ...parts)),
  maxAllocatedBytes: (inputLength) => 128 * 1024 + 512 * inputLength,
  run,
}
