import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeNeeding } from '@msgr-tooling/native-tests'
import { expect, test } from 'vitest'
import * as posix from '../src/index.ts'
import { packageRoot } from './built-program.ts'
import { missingShim } from './missing-shim.ts'

describeNeeding(missingShim, 'on Linux', () => {
  test.each<[name: string, call: () => unknown]>([
    ['kqueue', () => posix.kqueue()],
    ['keventChange', () => posix.keventChange(0, 0, posix.EVFILT_READ, posix.EV_ADD)],
    ['keventWait', () => posix.keventWait(0, new Int32Array(3), 0)],
  ])('%s says that there is epoll', (_, call) => {
    expect(call).toThrow(
      expect.objectContaining({
        code: 'ERR_POSIX_UNAVAILABLE',
        message: `there is no kqueue on linux-${process.arch}: Linux has epoll`,
      }) as Error,
    )
  })
})

// The C part is compiled only where the system has these numbers. What is left is that it has those of TypeScript.
test('the C part asserts the numbers that TypeScript has', () => {
  const source = readFileSync(join(packageRoot, 'native', 'kqueue.c'), 'utf8')
  const number = (name: string): number => Number(new RegExp(`\\b${name} ==? (-?\\w+)`).exec(source)?.[1])
  expect({
    FILTER_READ: number('FILTER_READ'),
    FILTER_WRITE: number('FILTER_WRITE'),
    EV_ADD: number('EV_ADD'),
    EV_DELETE: number('EV_DELETE'),
    EV_ERROR: number('EV_ERROR'),
    EV_EOF: number('EV_EOF'),
  }).toEqual({
    FILTER_READ: posix.EVFILT_READ,
    FILTER_WRITE: posix.EVFILT_WRITE,
    EV_ADD: posix.EV_ADD,
    EV_DELETE: posix.EV_DELETE,
    EV_ERROR: posix.EV_ERROR,
    EV_EOF: posix.EV_EOF,
  })
})
