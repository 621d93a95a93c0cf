import * as posix from '../../src/index.ts'

// part-of-the-shim.mjs PLATFORM: what works, and what does not, where there is a binary and the system is not Linux.
// The binary is Linux's under another name, so that the calls that it shares with every other can be made.
Object.defineProperty(process, 'platform', { value: process.argv[2] })

const refusal = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return error instanceof posix.PosixUnavailableError ? `${error.code}: ${error.message}` : String(error)
  }
}
const [readFd, writeFd] = posix.pipe()
posix.setNonBlocking(readFd, true)
const copy = posix.dup(writeFd, 100)
const written = posix.write(copy, Uint8Array.of(7), 0, 1)
const selected = posix.select(Int32Array.of(readFd), new Int32Array(0), new Int32Array(2), 1_000)
const buffer = new Uint8Array(2)
const bytesRead = posix.read(readFd, buffer, 0, 2)
const watch = posix.watch(writeFd, () => undefined)
watch.close()
for (const fd of [readFd, writeFd, copy]) posix.close(fd)

process.stdout.write(
  JSON.stringify({
    pipe: [written, selected, bytesRead, buffer[0]],
    available: posix.isAvailable(),
    descriptors: posix.unavailableReason('descriptors') === undefined,
    everything: posix.unavailableReason()?.message,
    socket: refusal(() => posix.socket(posix.AF_INET)),
    epoll: refusal(() => posix.epollCreate()),
    eventfd: refusal(() => posix.eventfd()),
    kqueue: refusal(() => posix.kqueue()),
  }),
)
