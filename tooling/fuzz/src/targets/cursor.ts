import { BufferList, EndOfBufferError, type BufferCursor } from '@msgr/bufferlist'
import fc from 'fast-check'
import { arbitraryU32 } from '../arbitrary-frames.ts'
import { cut } from '../cut.ts'
import { documentedCode } from '../documented-error.ts'
import { promise } from '../errors.ts'
import type { Target } from '../target.ts'
import { concat } from '../v1-stream.ts'

// An input: how the data is cut, how many operations; then each operation, in five bytes: which, and a u32 argument;
// then the data.

const SETUP_LENGTH = 2
const OPERATION_LENGTH = 5
const MAX_OPERATIONS = 64

interface Operation {
  /** What is read, in a form that two cursors can be compared by. */
  readonly read: (cursor: BufferCursor, argument: number) => string
  /** The bytes that must be there for it, if that is known beforehand: with fewer it fails, and with enough it does not. */
  readonly size?: (argument: number) => number
}

/** A read of so many bytes, or of as many as its argument says. */
function sized(size: number | 'argument', read: Operation['read']): Operation {
  return { read, size: (argument) => (size === 'argument' ? argument : size) }
}

const operations: readonly Operation[] = [
  sized(1, (cursor) => String(cursor.readUInt8())),
  sized(1, (cursor) => String(cursor.readInt8())),
  sized(1, (cursor) => String(cursor.readBoolean())),
  sized(1, (cursor) => String(cursor.peekUInt8())),
  sized(2, (cursor) => String(cursor.readUInt16LE())),
  sized(2, (cursor) => String(cursor.readInt16LE())),
  sized(4, (cursor) => String(cursor.readUInt32LE())),
  sized(4, (cursor) => String(cursor.readInt32LE())),
  sized(4, (cursor) => String(cursor.readFloatLE())),
  sized(8, (cursor) => String(cursor.readBigUInt64LE())),
  sized(8, (cursor) => String(cursor.readBigInt64LE())),
  sized(8, (cursor) => String(cursor.readDoubleLE())),
  sized('argument', (cursor, argument) => hex(cursor.readBytes(argument))),
  sized('argument', (cursor, argument) => hex(cursor.readCopy(argument))),
  sized('argument', (cursor, argument) => hex(cursor.readList(argument).slice())),
  sized('argument', (cursor, argument) => String(cursor.crc32c(argument))),
  sized('argument', (cursor, argument) => String(cursor.skip(argument).tell)),
  { read: (cursor, argument) => hex(cursor.readInto(new Uint8Array(16), argument % 17, 16)) },
  { read: (cursor, argument) => String(cursor.seek(argument).tell) },
  { read: (cursor) => String(cursor.readSafeUInt64LE()) },
  { read: (cursor) => String(cursor.readSafeInt64LE()) },
  { read: (cursor) => cursor.readString() },
  { read: (cursor) => hex(cursor.readSizedBytes()) },
  { read: (cursor) => hex(cursor.readSizedList().slice()) },
  { read: (cursor) => `${cursor.remaining} ${String(cursor.isAtEnd)}` },
]

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

/** The result or the error of one operation. One that ends too soon must not have moved the cursor. */
function attempt({ read, size }: Operation, cursor: BufferCursor, argument: number): string {
  const { tell: before, remaining } = cursor
  const isThere = size === undefined || size(argument) <= remaining
  try {
    const result = read(cursor, argument)
    promise(isThere, () => `${result} was read at ${before}, where ${remaining} bytes are too few`)
    return result
  } catch (error) {
    const code = documentedCode(error)
    const endsTooSoon = error instanceof EndOfBufferError
    promise(!endsTooSoon || cursor.tell === before, () => `moved to ${cursor.tell} from ${before}`)
    promise(size === undefined || (endsTooSoon && !isThere), () => `${code} at ${before}, where ${remaining} bytes do`)
    return `${code} ${error instanceof Error ? error.message : ''}`
  }
}

function run(bytes: Uint8Array): number {
  const count = Math.min(
    MAX_OPERATIONS,
    bytes[1] ?? 0,
    Math.floor(Math.max(0, bytes.length - SETUP_LENGTH) / OPERATION_LENGTH),
  )
  const dataAt = SETUP_LENGTH + count * OPERATION_LENGTH
  const data = bytes.subarray(dataAt)
  const [whole, inPieces] = [0, (bytes[0] ?? 0) + 1].map((seed) => {
    const list = new BufferList()
    for (const chunk of cut(data, seed)) list.append(chunk)
    return list.cursor()
  })
  if (whole === undefined || inPieces === undefined) throw new Error('two lists have two cursors')

  const codes: number[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = SETUP_LENGTH; at < dataAt; at += OPERATION_LENGTH) {
    const number = view.getUint8(at) % operations.length
    const operation = operations[number]
    if (operation === undefined) throw new Error(`operation ${number} of ${operations.length} is missing`)
    const argument = view.getUint32(at + 1, true)
    const expected = attempt(operation, whole, argument)
    const got = attempt(operation, inPieces, argument)
    codes.push(expected.startsWith('ERR_') ? number + 100 : number)
    promise(expected === got, () => `operation ${number}: in one piece ${expected}, in many ${got}`)
    promise(whole.tell === inPieces.tell, () => `after operation ${number} at ${whole.tell} and ${inPieces.tell}`)
    promise(
      whole.remaining + whole.tell === data.length,
      () => `${whole.remaining} remain of ${data.length} at ${whole.tell}`,
    )
  }
  // Any two operations in a row, each as it went, are a way of their own; longer ways would be beyond counting.
  return (codes.at(-1) ?? 0) * 1000 + (codes.at(-2) ?? 0)
}

const arbitraryOperation = fc
  .tuple(fc.nat(operations.length - 1), fc.oneof({ weight: 4, arbitrary: fc.nat(40) }, arbitraryU32))
  .map(([number, argument]) =>
    concat(Uint8Array.of(number), Uint8Array.from(Buffer.from(Uint32Array.of(argument).buffer))),
  )

/** The primitives of a cursor, on data in one chunk and in many. */
export const cursor: Target = {
  name: 'cursor',
  seeds: () => {
    const each = [...operations.keys()].map((number) => Uint8Array.of(number, 3, 0, 0, 0))
    const data = Uint8Array.from({ length: 200 }, (_, i) => (i % 7 === 0 ? 2 : i % 3 === 0 ? 0 : i))
    return [
      concat(Uint8Array.of(9, each.length), ...each, data),
      concat(Uint8Array.of(200, each.length), ...each.toReversed(), data),
    ]
  },
  structured: fc
    .tuple(fc.nat(255), fc.array(arbitraryOperation, { maxLength: 20 }), fc.uint8Array({ maxLength: 100 }))
    .map(([seed, parts, data]) => concat(Uint8Array.of(seed, parts.length), ...parts, data)),
  maxAllocatedBytes: (inputLength) => 128 * 1024 + 64 * MAX_OPERATIONS * inputLength,
  run,
}
