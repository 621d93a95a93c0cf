import { expect, test } from 'vitest'
import { FaultLog } from '../src/fault-log.ts'

test('counts the cuts, and keeps the last lines of what matters', () => {
  let cuts = 0
  const log = new FaultLog(() => cuts++)
  const logger = log.loggerFor('osd.1')
  logger(1, 'v1:peer: the socket was cut on purpose; reconnecting')
  logger(10, 'v1:peer: connected')
  for (let line = 0; line < 25; line++) logger(0, `line ${line}`)
  expect(cuts).toBe(1)
  expect([log.lines.length, log.lines[0], log.lines.at(-1)]).toEqual([20, 'osd.1: line 5', 'osd.1: line 24'])
})
