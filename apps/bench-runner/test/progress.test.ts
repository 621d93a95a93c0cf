import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { progressOn } from '../src/progress.ts'

function recorder(isTTY: boolean): Writable & { isTTY: boolean; text: string } {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      result.text += chunk.toString()
      done()
    },
  })
  const result = Object.assign(stream, { isTTY, text: '' })
  return result
}

test('on a terminal a bar tells what is being done, and is taken away', () => {
  const stream = recorder(true)
  const progress = progressOn(stream)
  progress.begin(4)
  progress.step('the first thing')
  progress.step('the second thing')
  progress.clear()
  expect(stream.text).toContain('50%')
  expect(stream.text).toContain('the second thing')
  // From the first column the line is cleared, and that is the end.
  expect(stream.text.endsWith('\u001b[1G\u001b[2K')).toBe(true)
})

test('elsewhere nothing is written', () => {
  const stream = recorder(false)
  const progress = progressOn(stream)
  progress.begin(1)
  progress.step('one')
  progress.clear()
  expect(stream.text).toBe('')
})
