import { unavailableReason } from '@msgr/posix'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createEventDriver, EpollDriver, SelectDriver, type EventDriverName } from '../src/index.ts'
import { preferredDriver } from '../src/create-event-driver.ts'

const reason = unavailableReason()
const suffix = reason === undefined ? '' : ` (skipped: ${reason.message})`

test.each<[NodeJS.Platform, EventDriverName]>([
  ['linux', 'epoll'],
  ['darwin', 'select'],
  ['freebsd', 'select'],
  ['win32', 'select'],
])('the best driver of %s is %s', (platform, name) => {
  expect(preferredDriver(platform)).toBe(name)
})

test('a name that no driver has is refused, whatever the platform', () => {
  expect(() => createEventDriver({ driver: 'kqueue' as EventDriverName })).toThrow(
    expect.objectContaining({ code: 'ERR_MSGR_UNKNOWN_EVENT_DRIVER', driver: 'kqueue' }),
  )
})

// The modules are loaded anew under another platform's name, which is all that the shim's loader looks at.
test.each([undefined, 'epoll', 'select'] as const)(
  'on macOS, driver %s throws what works there instead',
  async (driver) => {
    const realPlatform = Object.getOwnPropertyDescriptor(process, 'platform')!
    onTestFinished(() => {
      Object.defineProperty(process, 'platform', realPlatform)
      vi.resetModules()
    })
    Object.defineProperty(process, 'platform', { ...realPlatform, value: 'darwin' })
    vi.resetModules()
    const fresh = await import('../src/index.ts')

    expect(() => fresh.createEventDriver(driver && { driver })).toThrow(
      expect.objectContaining({
        code: 'ERR_POSIX_UNAVAILABLE',
        platform: 'darwin',
        message: expect.stringMatching(/darwin.*@msgr\/simple-messenger/s) as string,
      }),
    )
  },
)

describe.skipIf(reason !== undefined)(`createEventDriver${suffix}`, () => {
  test('makes the best driver of this platform', () => {
    const driver = createEventDriver()
    onTestFinished(() => driver.close())
    expect(driver.name).toBe(preferredDriver(process.platform))
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
