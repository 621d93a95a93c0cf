import { execFileSync } from 'node:child_process'
import { constants as osConstants } from 'node:os'
import { describeNeeding, missingCommand } from '@msgr-tooling/native-tests'
import { expect, test } from 'vitest'
import * as constants from '../src/constants.ts'

const HEADERS = [
  'errno.h',
  'limits.h',
  'netinet/in.h',
  'netinet/tcp.h',
  'sys/epoll.h',
  'sys/select.h',
  'sys/socket.h',
  'sys/uio.h',
]

/** A C file that compiles only where every constant has the value given. */
function assertions(values: Readonly<Record<string, number>>): string {
  const include = HEADERS.map((header) => `#include <${header}>\n`).join('')
  // glibc hides IOV_MAX from all but X/Open programs; the kernel's own name for it is UIO_MAXIOV.
  const define = '#ifndef IOV_MAX\n#define IOV_MAX UIO_MAXIOV\n#endif\n'
  const lines = Object.entries(values).map(
    ([name, value]) => `_Static_assert((unsigned)(${name}) == ${value >>> 0}u, "${name}");\n`,
  )
  return `#define _GNU_SOURCE\n${include}${define}${lines.join('')}`
}

function compile(source: string): string {
  return execFileSync('cc', ['-std=c11', '-fsyntax-only', '-x', 'c', '-'], { input: source, stdio: 'pipe' }).toString()
}

describeNeeding(missingCommand('cc'), 'constants', () => {
  test("every constant has the value of the system's headers", () => {
    expect(Object.keys(constants).length).toBeGreaterThan(70)
    expect(compile(assertions(constants))).toBe('')
  })

  test('errors have the numbers that Node has for this system, which may be another', () => {
    const errors = Object.entries(constants).filter(([name]) => /^E(?!POLL)/.test(name))
    expect(errors.length).toBeGreaterThan(20)
    expect(Object.fromEntries(errors)).toEqual(
      Object.fromEntries(errors.map(([name]) => [name, osConstants.errno[name as keyof typeof osConstants.errno]])),
    )
  })

  test('a constant with another value would not compile', () => {
    expect(() => compile(assertions({ ...constants, EPOLLIN: 2 }))).toThrow(/EPOLLIN/)
  })
})
