import { expect, test } from 'vitest'
import { EmptyQueueError, QueueArgumentError } from '../src/index.ts'

test('each error has a name, a code and what it is about', () => {
  expect(new EmptyQueueError()).toMatchObject({
    name: 'EmptyQueueError',
    code: 'ERR_MSGR_QUEUE_EMPTY',
    message: 'dequeue: expected at least one item in the queue, got an empty queue',
  })
  expect(new QueueArgumentError('cost', 'an unsigned 32-bit integer', -7)).toMatchObject({
    name: 'QueueArgumentError',
    code: 'ERR_MSGR_QUEUE_ARGUMENT',
    argument: 'cost',
    value: -7,
    message: 'cost: expected an unsigned 32-bit integer, got -7',
  })
  expect(new QueueArgumentError('key', 'a key', Symbol('s')).message).toBe('key: expected a key, got Symbol(s)')
})
