import { BufferList } from '@msgr/bufferlist'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMessageId, encodeMessageId, PRIORITIES, type MessageId } from '../src/message-id.ts'

const anyId: fc.Arbitrary<MessageId> = fc.record({
  kind: fc.constantFrom('request', 'reply'),
  priorityClass: fc.nat(PRIORITIES.length - 1),
  stream: fc.integer({ min: 0, max: 0xffffffff }),
  seq: fc.maxSafeNat(),
})

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(anyId, (id) => {
      expect(decodeMessageId(encodeMessageId(id))).toEqual(id)
    }),
  )
})

test.each([
  ['too short', '00'.repeat(15)],
  ['too long', '00'.repeat(17)],
  ['of no kind', `02${'00'.repeat(15)}`],
  ['of no class', `0004${'00'.repeat(14)}`],
  ['not zero where it should be', `000001${'00'.repeat(13)}`],
  ['beyond all numbers', `${'00'.repeat(8)}${'ff'.repeat(8)}`],
])('a front that is %s is none of ours', (_, hex) => {
  expect(decodeMessageId(new BufferList(Buffer.from(hex, 'hex')))).toBeUndefined()
})
