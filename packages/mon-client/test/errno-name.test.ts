import { constants } from 'node:os'
import { expect, test } from 'vitest'
import { errnoName } from '../src/errno-name.ts'

test('a result has a name, whether negated or not', () => {
  expect([-22, 22, -2, -13].map(errnoName)).toEqual(['EINVAL', 'EINVAL', 'ENOENT', 'EACCES'])
})

test('a number that is not known is a name of its own', () => {
  expect(errnoName(-7777)).toBe('E7777')
})

test.runIf(process.platform === 'linux')('names are those of Linux (needs Linux)', () => {
  const known = Object.entries(constants.errno).filter(([, errno]) => errnoName(-errno) !== `E${errno}`)
  // Two names share some numbers.
  const same: Readonly<Record<string, string>> = { EWOULDBLOCK: 'EAGAIN', ENOTSUP: 'EOPNOTSUPP' }
  expect(known.map(([, errno]) => errnoName(-errno))).toEqual(known.map(([name]) => same[name] ?? name))
  expect(known.length).toBeGreaterThan(35)
})
