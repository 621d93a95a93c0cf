import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { PosixUnavailableError } from './errors.ts'

/** A watched descriptor, as the binary holds it. */
export type WatchHandle = object

/** The turns of a callback, as the binary holds them. */
export type TurnsHandle = object

/** A key, as the binary holds it. */
export type CipherHandle = object

/**
 * What the binary exports on every system that it can be made for. Every number that comes back is a count, a
 * descriptor or 0, or a negated errno from -1 to -4095, or REFUSED: the call was not made, because it would have gone
 * beyond memory.
 */
export interface DescriptorBinding {
  close(fd: number): number
  dup(fd: number, lowest: number): number
  setNonBlocking(fd: number, on: boolean): number
  /** 0 or 1. */
  isNonBlocking(fd: number): number
  pipe(out: Int32Array): number
  read(fd: number, buffer: Uint8Array, offset: number, length: number): number
  write(fd: number, buffer: Uint8Array, offset: number, length: number): number
  select(readFds: Int32Array, writeFds: Int32Array, out: Int32Array, timeoutMs: number): number

  eventLoopFd(): number
  takeTurns(callback: (timeoutMs: number) => void): TurnsHandle | number
  endTurns(handle: TurnsHandle): void

  watch(fd: number, callback: (status: number) => void): WatchHandle | number
  watchClose(handle: WatchHandle): void
  watchSetRef(handle: WatchHandle, on: boolean): void
}

/** What it exports on macOS and the BSDs. */
export interface KqueueBinding extends DescriptorBinding {
  kqueue(): number
  /** REFUSED for a filter other than those of kqueue.ts. */
  keventChange(kqueueFd: number, fd: number, filter: number, flags: number): number
  keventWait(kqueueFd: number, out: Int32Array, timeoutMs: number): number
}

/** What it exports on Linux. */
export interface NativeBinding extends DescriptorBinding {
  socket(domain: number, nonBlocking: boolean): number
  bind(fd: number, domain: number, port: number, scopeId: number, address: string): number
  connect(fd: number, domain: number, port: number, scopeId: number, address: string): number
  listen(fd: number, backlog: number): number
  accept(fd: number): number
  shutdown(fd: number, how: number): number
  setSocketOption(fd: number, level: number, name: number, value: number): number
  /** Writes the value to out[0]. */
  getSocketOption(fd: number, level: number, name: number, out: Int32Array): number
  setLinger(fd: number, on: boolean, seconds: number): number
  /** The address, with out = [AF_*, port, scopeId]; or a negated errno. */
  getSockName(fd: number, out: Int32Array): string | number
  getPeerName(fd: number, out: Int32Array): string | number
  socketPair(out: Int32Array): number

  recv(fd: number, buffer: Uint8Array, offset: number, length: number): number
  send(fd: number, buffer: Uint8Array, offset: number, length: number, more: boolean): number
  /** At most IOV_MAX chunks. */
  sendmsg(fd: number, firstOffset: number, more: boolean, ...chunks: readonly Uint8Array[]): number

  epollCreate(): number
  epollCtl(epfd: number, op: number, fd: number, events: number): number
  epollWait(epfd: number, out: Int32Array, timeoutMs: number): number
  eventfd(): number
  eventfdWrite(fd: number, count: number): number
  eventfdRead(fd: number): number

  /** Puts the calling thread on the cores listed. */
  setThreadAffinity(cores: Int32Array): number
  /** Fills `out` with the cores allowed; their count. */
  getThreadAffinity(out: Int32Array): number

  /** By how much the memory changes that V8 does not count by itself; what V8 takes it to be then. */
  adjustExternalMemory(bytes: number): number

  /** undefined unless start ≤ end ≤ bytes.length. */
  crc32c(bytes: Uint8Array, seed: number, start: number, end: number): number | undefined
  /** The same by tables in C, whatever the processor has. */
  crc32cPortable(bytes: Uint8Array, seed: number, start: number, end: number): number | undefined
  /** Which of the three `crc32c` is. */
  readonly crc32cImplementation: 'sse4.2' | 'armv8' | 'portable'

  /** REFUSED for a key that has not 16 bytes. */
  aesGcmCreate(key: Uint8Array): CipherHandle | number
  /** At most 1024 parts. The bytes written, the tag with them. */
  aesGcmSeal(
    cipher: CipherHandle,
    nonce: Uint8Array,
    target: Uint8Array,
    at: number,
    ...parts: readonly Uint8Array[]
  ): number
  /** The bytes written. */
  aesGcmOpen(
    cipher: CipherHandle,
    nonce: Uint8Array,
    source: Uint8Array,
    start: number,
    end: number,
    target: Uint8Array,
    at: number,
  ): number
}

/** What the binary answers to a call that it refused to make. No errno reaches it. */
export const REFUSED = -4096

/**
 * A part of this package: all of it, which is Linux's; or the calls on descriptors of any kind, `select` and `watch`,
 * which macOS and the BSDs have too, where the binary was compiled.
 */
export type ShimPart = 'everything' | 'descriptors'

const KQUEUE_SYSTEMS: ReadonlySet<string> = new Set(['darwin', 'freebsd', 'netbsd', 'openbsd', 'dragonfly'])

/** What came of the attempt to load the binary: of the first two at most one. `failure`: why there is not everything. */
interface Loaded {
  readonly linux: NativeBinding | undefined
  readonly kqueueSystem: KqueueBinding | undefined
  readonly failure: PosixUnavailableError | undefined
}

let loaded: Loaded | undefined

/** Linux's binary, loaded at the first call. Throws PosixUnavailableError where there is none, and on other systems. */
export function native(): NativeBinding {
  const { linux, failure } = loaded ?? load()
  return linux ?? unavailable(failure)
}

/** As `native`, but of any system. */
export function descriptorBinding(): DescriptorBinding {
  const { linux, kqueueSystem, failure } = loaded ?? load()
  return linux ?? kqueueSystem ?? unavailable(failure)
}

/** As `native`, but of macOS and the BSDs. */
export function kqueueBinding(): KqueueBinding {
  const { linux, kqueueSystem, failure } = loaded ?? load()
  if (linux === undefined) return kqueueSystem ?? unavailable(failure)
  throw new PosixUnavailableError(`there is no kqueue on ${process.platform}-${process.arch}: Linux has epoll`)
}

/** Whether the functions of this package work here. The first call loads the binary. Never throws. */
export function isAvailable(): boolean {
  return unavailableReason() === undefined
}

/** Why they do not, or those of a part of it, or undefined when they do. Never throws. */
export function unavailableReason(part: ShimPart = 'everything'): PosixUnavailableError | undefined {
  const { kqueueSystem, failure } = loaded ?? load()
  return part === 'descriptors' && kqueueSystem !== undefined ? undefined : failure
}

function unavailable(failure: PosixUnavailableError | undefined): never {
  throw failure ?? new Error('@msgr/posix: there is no binary, and no reason for that')
}

function load(): Loaded {
  // One level up from src/ and from dist/ alike.
  const packageRoot = fileURLToPath(new URL('..', import.meta.url))
  const hasKqueue = KQUEUE_SYSTEMS.has(process.platform)
  try {
    if (process.platform !== 'linux' && !hasKqueue) throw new Error('the system calls it makes are those of Linux')
    const loadBinary = createRequire(import.meta.url)('node-gyp-build') as (directory: string) => unknown
    const binding = loadBinary(packageRoot)
    loaded = hasKqueue
      ? { linux: undefined, kqueueSystem: binding as KqueueBinding, failure: describePart() }
      : { linux: binding as NativeBinding, kqueueSystem: undefined, failure: undefined }
  } catch (cause) {
    loaded = { linux: undefined, kqueueSystem: undefined, failure: describeFailure(packageRoot, cause) }
  }
  return loaded
}

function describePart(): PosixUnavailableError {
  return new PosixUnavailableError(
    `@msgr/posix has on ${process.platform}-${process.arch} only what @msgr/event-driver needs; its sockets and ` +
      'everything else are for Linux only. @msgr/simple-messenger works without it, on every platform.',
  )
}

function describeFailure(packageRoot: string, cause: unknown): PosixUnavailableError {
  const libc = findLibc()
  const lookedFor = `${packageRoot}prebuilds/${process.platform}-${process.arch}/*.node`
  const place = `${process.platform}-${process.arch}${libc === undefined ? '' : ` (${libc})`}`
  const remedy =
    process.platform === 'linux'
      ? `With a C compiler, \`node ${packageRoot}native/build.mjs\` makes one.`
      : 'This package is for Linux only.'
  return new PosixUnavailableError(
    `@msgr/posix has no binary that works on ${place}; looked for ${lookedFor}. ${remedy} ` +
      '@msgr/simple-messenger works without it, on every platform.',
    { lookedFor, cause, ...(libc === undefined ? {} : { libc }) },
  )
}

function findLibc(): string | undefined {
  if (process.platform !== 'linux') return undefined
  // Only asked when something has failed already: a report takes milliseconds. Not every runtime can make one.
  const report = (process as Partial<NodeJS.Process>).report?.getReport() as
    { header?: Record<string, unknown> } | undefined
  const version = report?.header?.['glibcVersionRuntime']
  return typeof version === 'string' ? `glibc ${version}` : 'a C library other than glibc'
}
