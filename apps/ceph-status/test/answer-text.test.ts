import { expect, test } from 'vitest'
import { answerText } from '../src/answer-text.ts'

test('JSON comes on one line, digit by digit as the monitors wrote it', () => {
  const text = '\n{\n    "features": 4540138297136906239,\n    "name": "a\\nb"\n}\n'
  expect(answerText({ text, status: '' }, 'json')).toBe('{"features": 4540138297136906239,"name": "a\\nb"}')
})

test('what is no JSON becomes some', () => {
  expect(answerText({ text: '', status: 'set noout' }, 'json')).toBe('{"status":"set noout","output":""}')
  expect(answerText({ text: 'a\nb', status: '' }, 'json')).toBe('{"status":"","output":"a\\nb"}')
})

test('plain text is as it came, without empty lines at its end', () => {
  expect(answerText({ text: 'health: HEALTH_OK\n\n', status: '' }, 'plain')).toBe('health: HEALTH_OK')
})
