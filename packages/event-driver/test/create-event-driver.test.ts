import { createRequire } from 'node:module'
import { unavailableReason } from '@msgr/posix'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type * as eventDriver from '../src/index.ts'
import { createEventDriver, EpollDriver, SelectDriver, type EventDriverName } from '../src/index.ts'
import { preferredDriver } from '../src/create-event-driver.ts'

const reason = unavailableReason()
const suffix = reason === undefined ? '' : ` (skipped: ${reason.message})`

test.each<[NodeJS.Platform, EventDriverName]>([
  ['linux', 'epoll'],
  ['darwin', 'kqueue'],
  ['freebsd', 'kqueue'],
  ['netbsd', 'kqueue'],
  ['openbsd', 'kqueue'],
  ['sunos', 'select'],
  ['win32', 'select'],
])('the best driver of %s is %s', (platform, name) => {
  expect(preferredDriver(platform)).toBe(name)
})

test('a name that no driver has is refused, whatever the platform', () => {
  expect(() => createEventDriver({ driver: 'poll' as EventDriverName })).toThrow(
    expect.objectContaining({
      code: 'ERR_MSGR_UNKNOWN_EVENT_DRIVER',
      driver: 'poll',
      platform: undefined,
      message: "event driver: expected 'epoll' or 'kqueue' or 'select', got 'poll'",
    }),
  )
})

/** The package, loaded anew under another platform's name; with Linux's binary in the place of its own, or without one. */
async function importOn(platform: NodeJS.Platform, binary: boolean): Promise<typeof eventDriver> {
  const realPlatform = Object.getOwnPropertyDescriptor(process, 'platform')!
  const realSearch = process.env['npm_config_platform']
  const { cache } = createRequire(import.meta.url)
  // The loader of binaries has remembered where to look.
  const forgetLoader = (): void => {
    for (const path of Object.keys(cache)) if (path.includes('node-gyp-build')) Reflect.deleteProperty(cache, path)
  }
  onTestFinished(() => {
    Object.defineProperty(process, 'platform', realPlatform)
    if (realSearch === undefined) delete process.env['npm_config_platform']
    else process.env['npm_config_platform'] = realSearch
    forgetLoader()
    vi.resetModules()
  })
  Object.defineProperty(process, 'platform', { ...realPlatform, value: platform })
  process.env['npm_config_platform'] = binary ? 'linux' : platform
  forgetLoader()
  vi.resetModules()
  return import('../src/index.ts')
}

describe.each(['darwin', 'freebsd', 'win32'] as const)('on %s without a binary', (platform) => {
  test.each([undefined, 'epoll', 'kqueue', 'select'] as const)(
    'driver %s throws what works there instead',
    async (driver) => {
      const fresh = await importOn(platform, false)
      expect(() => fresh.createEventDriver(driver && { driver })).toThrow(
        expect.objectContaining({
          code: 'ERR_POSIX_UNAVAILABLE',
          platform,
          message: expect.stringMatching(new RegExp(`${platform}.*@msgr/simple-messenger`, 's')) as string,
        }),
      )
    },
  )
})

describe.skipIf(reason !== undefined)(`with a binary of macOS${suffix}`, () => {
  test('select is there, and epoll is not', async () => {
    const fresh = await importOn('darwin', true)
    const driver = fresh.createEventDriver({ driver: 'select' })
    onTestFinished(() => driver.close())
    expect(driver.name).toBe('select')
    expect(() => fresh.createEventDriver({ driver: 'epoll' })).toThrow(
      expect.objectContaining({ code: 'ERR_POSIX_UNAVAILABLE', platform: 'darwin' }),
    )
  })

  // The binary is Linux's after all, so this is as far as it goes.
  test.each([undefined, 'kqueue'] as const)('driver %s asks the kernel for a kqueue', async (driver) => {
    const fresh = await importOn('darwin', true)
    expect(() => fresh.createEventDriver(driver && { driver })).toThrow(/\.kqueue is not a function/)
  })
})

describe.skipIf(reason !== undefined)(`createEventDriver${suffix}`, () => {
  test('makes the best driver of this platform', () => {
    const driver = createEventDriver()
    onTestFinished(() => driver.close())
    expect(driver.name).toBe(preferredDriver(process.platform))
  })

  test.runIf(process.platform === 'linux')('refuses kqueue on Linux, and says what there is', () => {
    expect(() => createEventDriver({ driver: 'kqueue' })).toThrow(
      expect.objectContaining({
        code: 'ERR_MSGR_UNKNOWN_EVENT_DRIVER',
        driver: 'kqueue',
        platform: 'linux',
        message: "event driver on linux: expected 'epoll' or 'select', got 'kqueue'",
      }),
    )
  })

  test.each([
    ['epoll', EpollDriver],
    ['select', SelectDriver],
  ] as const)('makes %s when asked', (name, constructor) => {
    const driver = createEventDriver({ driver: name })
    onTestFinished(() => driver.close())
    expect(driver).toBeInstanceOf(constructor)
  })
})
