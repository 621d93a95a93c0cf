import * as posix from '../../src/index.ts'

// unavailable.mjs [platform]: what one gets where there is no binary, as JSON.
const platform = process.argv[2]
if (platform !== undefined) Object.defineProperty(process, 'platform', { value: platform })

const available = [posix.isAvailable(), posix.isAvailable()]
const attempt = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return error
  }
}
const first = attempt(() => posix.socket(posix.AF_INET)) as posix.PosixUnavailableError
const second = attempt(() => posix.crc32c(new Uint8Array(1)))
process.stdout.write(
  JSON.stringify({
    code: first.code,
    platform: first.platform,
    arch: first.arch,
    libc: first.libc,
    lookedFor: first.lookedFor,
    message: first.message,
    cause: String(first.cause),
    available,
    isInstance: first instanceof posix.PosixUnavailableError,
    sameReason: first === second && first === posix.unavailableReason(),
    constant: posix.EPOLLIN,
  }),
)
