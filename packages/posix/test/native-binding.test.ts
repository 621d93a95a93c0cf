import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { describeNeeding, run } from '@msgr-tooling/native-tests'
import { beforeAll, describe, expect, test } from 'vitest'
import { isAvailable, native, unavailableReason } from '../src/native-binding.ts'
import { buildPrograms, packageRoot } from './built-program.ts'
import { missingShim } from './missing-shim.ts'

describeNeeding(missingShim, 'with a binary', () => {
  test('the shim is available, and loaded once', () => {
    expect(isAvailable()).toBe(true)
    expect(unavailableReason()).toBeUndefined()
    expect(native()).toBe(native())
  })

  test('over a hundred threads come and go', { timeout: 120_000 }, async () => {
    const root = await buildPrograms('threads', ['thread-churn'], join(packageRoot, 'prebuilds'))
    const { code, stdout, stderr } = await run(process.execPath, [join(root, 'dist', 'thread-churn.mjs'), '120'])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '120 threads\n', stderr: '' })
  })

  test('many threads use all of it at the same time, and leave no descriptor', async () => {
    const root = await buildPrograms('workload', ['run-workload'], join(packageRoot, 'prebuilds'))
    const { code, stdout, stderr } = await run(process.execPath, [
      '--expose-gc',
      join(root, 'dist', 'run-workload.mjs'),
      '8',
    ])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'workload passed\n', stderr: '' })
  })
})

describeNeeding(missingShim, 'with a binary on another system', () => {
  test.each(['darwin', 'freebsd', 'netbsd', 'openbsd', 'dragonfly'])(
    '%s has the calls on descriptors',
    async (platform) => {
      const root = await buildPrograms(`part-${platform}`, ['part-of-the-shim'])
      const place = join(root, 'prebuilds', `${platform}-${process.arch}`)
      cpSync(join(packageRoot, 'prebuilds', `linux-${process.arch}`), place, { recursive: true })
      const { stdout, stderr } = await run(process.execPath, [join(root, 'dist', 'part-of-the-shim.mjs'), platform])
      expect(stderr).toBe('')
      const everything = expect.stringMatching(
        new RegExp(`on ${platform}-.*its sockets.*for Linux only.*@msgr/simple-messenger works`),
      ) as string
      expect(JSON.parse(stdout)).toEqual({
        pipe: [1, 1, 1, 7],
        available: false,
        descriptors: true,
        everything,
        socket: everything,
        epoll: everything,
        eventfd: everything,
        // The one that is missing in the binary only because it is not that system's.
        kqueue: 'TypeError: kqueueBinding(...).kqueue is not a function',
      })
    },
  )

  test('win32 has none of them, binary or not', async () => {
    const root = await buildPrograms('part-win32', ['part-of-the-shim'])
    const place = join(root, 'prebuilds', `win32-${process.arch}`)
    cpSync(join(packageRoot, 'prebuilds', `linux-${process.arch}`), place, { recursive: true })
    const { code, stderr } = await run(process.execPath, [join(root, 'dist', 'part-of-the-shim.mjs'), 'win32'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/PosixUnavailableError: .*This package is for Linux only/)
  })
})

describe('without a binary', () => {
  let root: string
  beforeAll(async () => {
    root = await buildPrograms('unavailable', ['unavailable'])
  })

  const report = async (...args: string[]): Promise<{ message: string; cause: string }> => {
    const { stdout } = await run(process.execPath, [join(root, 'dist', 'unavailable.mjs'), ...args])
    return JSON.parse(stdout) as { message: string; cause: string }
  }

  test('the first use throws, and says what was looked for and what to do', async () => {
    const place = `${process.platform}-${process.arch}`
    const lookedFor = join(root, 'prebuilds', place, '*.node')
    const error = await report()
    expect(error).toMatchObject({
      code: 'ERR_POSIX_UNAVAILABLE',
      isInstance: true,
      platform: process.platform,
      arch: process.arch,
      lookedFor,
      available: [false, false],
      sameReason: true,
      constant: 1,
    })
    expect(error.message).toContain(`no binary that works on ${place}`)
    expect(error.message).toContain(`looked for ${lookedFor}`)
    expect(error.message).toContain('native/build.mjs` makes one')
    expect(error.message).toContain('@msgr/simple-messenger works without it')
    expect(error.cause).toContain('No native build was found')
  })

  test.runIf(process.platform === 'linux')('the error names the C library', async () => {
    expect(await report()).toHaveProperty('libc', expect.stringMatching(/^glibc \d|other than glibc/))
  })

  test.each(['darwin', 'win32'])('on %s the error says that this is for Linux', async (platform) => {
    const error = await report(platform)
    expect(error).toMatchObject({ code: 'ERR_POSIX_UNAVAILABLE', platform })
    expect(error).not.toHaveProperty('libc')
    expect(error.message).toMatch(new RegExp(`${platform}-.*for Linux only.*@msgr/simple-messenger`))
    expect(error.message).not.toContain('compiler')
  })
})
