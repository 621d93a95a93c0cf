import { expect, test } from 'vitest'
import { BASELINE, C_EPOLL, echoSubject, echoSubjectNames, isPeer } from '../src/echo-subjects.ts'

test('the subjects have the names that reports use', () => {
  expect(echoSubjectNames).toEqual([
    'c-epoll',
    'node-net',
    'node-tls',
    'async-messenger',
    'async-messenger-awake',
    'async-messenger-threads',
    'async-messenger-threads-sleeping',
    'async-messenger-threads-ordinary',
    'async-messenger-v2-crc',
    'async-messenger-v2-secure',
    'async-messenger-select',
    'simple-messenger',
    'zeromq',
    'ws',
    'grpc-js',
    'nats',
  ])
  expect(echoSubjectNames).toContain(BASELINE)
  for (const name of echoSubjectNames.filter((name) => name !== C_EPOLL)) expect(echoSubject(name).name).toBe(name)
  expect(echoSubjectNames.filter(isPeer)).toEqual(['zeromq', 'ws', 'grpc-js', 'nats'])
  expect(() => echoSubject('nobody')).toThrow('there is no subject nobody')
})
