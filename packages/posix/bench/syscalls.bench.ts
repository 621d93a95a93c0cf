import { pathToFileURL } from 'node:url'
import { bench, do_not_optimize, run, summary } from 'mitata'
import type * as Posix from '../src/index.ts'

// What a call costs. Most of it is the kernel: `close(-1)`, which does nothing there, is the measure for that.

// As built, since the binary is found beside dist/. Benches are run in the package's directory.
const posix = (await import(pathToFileURL('dist/index.js').href)) as typeof Posix

const bytes = new Uint8Array(65_536)
const out = new Int32Array(128)
const epfd = posix.epollCreate()
const event = posix.eventfd()
posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, event, posix.EPOLLIN)
const [from, to] = posix.socketPair()
const [readFd, writeFd] = posix.pipe()

bench('accept: one integer, a system call that fails at once', () => do_not_optimize(posix.accept(-1)))
bench('recv: three integers and a typed array, likewise', () => do_not_optimize(posix.recv(-1, bytes, 0, 65_536)))
bench('epollWait, nothing ready', () => do_not_optimize(posix.epollWait(epfd, out, 0)))
bench('eventfdWrite + eventfdRead', () => {
  posix.eventfdWrite(event)
  do_not_optimize(posix.eventfdRead(event))
})
bench('socket pair: send + recv of 64 B', () => {
  posix.send(from, bytes, 0, 64, false)
  do_not_optimize(posix.recv(to, bytes, 0, 65_536))
})
bench('pipe: write + read of 64 B', () => {
  posix.write(writeFd, bytes, 0, 64)
  do_not_optimize(posix.read(readFd, bytes, 0, 65_536))
})

for (const count of [1, 4, 16, 64]) {
  const chunks = Array.from({ length: count }, () => new Uint8Array(64))
  const joined = new Uint8Array(64 * count)
  summary(() => {
    bench(`${count} chunks of 64 B by sendmsg`, () => do_not_optimize(posix.sendmsg(-1, chunks, 0, false)))
    bench(`${count} chunks of 64 B copied together, by send`, () => {
      for (let i = 0; i < chunks.length; i++) joined.set(chunks[i]!, 64 * i)
      do_not_optimize(posix.send(-1, joined, 0, joined.length, false))
    })
  })
}

const fds = Array.from({ length: 64 }, () => posix.eventfd())
for (const fd of fds) posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, posix.EPOLLIN)
posix.eventfdWrite(fds[63]!)
const selected = Int32Array.from(fds)
const none = new Int32Array(0)
summary(() => {
  bench('one of 64 ready: epollWait', () => do_not_optimize(posix.epollWait(epfd, out, 0)))
  bench('one of 64 ready: select', () => do_not_optimize(posix.select(selected, none, out, 0)))
})

await run()
