import { expect, test } from 'vitest'
import { BASELINE, echoSubject, echoSubjects } from '../src/echo-subjects.ts'

test('the subjects have the names that reports use, and the baseline comes first', () => {
  const names = echoSubjects.map(({ name }) => name)
  expect(names).toEqual([
    'node-net',
    'node-tls',
    'async-messenger',
    'async-messenger-v2-crc',
    'async-messenger-v2-secure',
    'async-messenger-select',
    'simple-messenger',
  ])
  expect(names[0]).toBe(BASELINE)
  for (const name of names) expect(echoSubject(name).name).toBe(name)
  expect(() => echoSubject('nobody')).toThrow('there is no subject nobody')
})
