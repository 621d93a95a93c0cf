import { expect, test } from 'vitest'
import { MonCommandResult } from '../src/mon-command-result.ts'

test('an output is bytes, text or JSON', () => {
  const output = new TextEncoder().encode('\n{"a":["ü"]}\n')
  const result = new MonCommandResult({ result: 0, status: 'fine', output, version: 7 })
  expect(result).toMatchObject({ result: 0, status: 'fine', output, version: 7 })
  expect(result.text).toBe('\n{"a":["ü"]}\n')
  expect(result.json()).toEqual({ a: ['ü'] })
})

test('an output that is no JSON is said to be none', () => {
  const result = new MonCommandResult({ result: 0, status: '', output: new Uint8Array(0), version: 0 })
  expect(() => result.json()).toThrow(SyntaxError)
})
