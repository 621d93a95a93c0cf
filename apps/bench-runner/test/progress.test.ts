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

test('on a terminal each line replaces the one before, and the last one is taken away', () => {
  const stream = recorder(true)
  const progress = progressOn(stream)
  progress.show('one')
  progress.show('two')
  progress.clear()
  const newLine = '\u001b[1G\u001b[2K'
  expect(stream.text).toBe(`${newLine}one${newLine}two${newLine}`)
})

test('elsewhere nothing is written', () => {
  const stream = recorder(false)
  const progress = progressOn(stream)
  progress.show('one')
  progress.clear()
  expect(stream.text).toBe('')
})
