import { expect, test } from 'vitest'
import { SuiteBook } from '../src/suite-book.ts'

const NONE = new Map<string, string>()

test('what this machine lacks is left out of the rest of the suite', () => {
  const book = new SuiteBook('echo')
  expect(book.lacks('async-messenger')).toBe(false)
  book.enter('64B-d1', { unavailable: new Map([['async-messenger', 'no shim']]), failed: NONE })
  book.miss('nats', 'no nats-server')
  book.miss('nats', 'no nats-server')
  expect([book.lacks('async-messenger'), book.lacks('nats'), book.lacks('node-net')]).toEqual([true, true, false])
  expect(book.leftOut).toEqual([
    { suite: 'echo', subject: 'async-messenger', reason: 'no shim' },
    { suite: 'echo', subject: 'nats', reason: 'no nats-server' },
  ])
  expect(book.failures).toEqual([])
})

test('what fails is a failure if it is ours, and left out if others have made it', () => {
  const book = new SuiteBook('echo')
  const failed = new Map([
    ['async-messenger', 'reply 7 was lost'],
    ['ws', 'the connection was lost'],
  ])
  book.enter('64B-d1', { unavailable: NONE, failed })
  book.fail('64B-c1000', 'too many open files')
  expect(book.failures).toEqual(['echo 64B-d1: reply 7 was lost', 'echo 64B-c1000: too many open files'])
  expect(book.leftOut).toEqual([{ suite: 'echo', subject: 'ws', reason: '64B-d1: the connection was lost' }])
  expect(book.lacks('ws')).toBe(false)
})
