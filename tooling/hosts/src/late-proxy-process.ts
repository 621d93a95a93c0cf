import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { LateProxyFigures, LateProxySetup } from './late-proxy.ts'

// A stretch of network that is slow and breaks: connections wait for a while before they go on to the target, so that
// they may overtake each other, and so does every chunk of them. After a while a connection breaks towards the end that
// dialled it, at once, while what that end had sent goes on to the target, late: likely after the next connection.

const setup = JSON.parse(process.argv[2] ?? '{}') as LateProxySetup
const counts = { links: 0, breaks: 0 }
let state = setup.seed | 1

const server = createServer({ allowHalfOpen: true }, (dialler) => void carry(dialler))
process.on('disconnect', () => process.exit(0))
server.listen(setup.port, setup.target.host, () => {
  tell()
})

/** From 0 up to, not including, the limit. */
function random(limit: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % limit
}

async function carry(dialler: Socket): Promise<void> {
  counts.links++
  tell()
  dialler.on('error', () => undefined) // told by `close`
  dialler.pause()
  await delay(random(setup.connectDelayMs))
  const acceptor = connect({ ...setup.target, allowHalfOpen: true })
  acceptor.on('error', () => undefined)
  let chunksLeft = setup.chunksToBreak + random(setup.chunksToBreak)
  const breakOnce = (): void => {
    if (--chunksLeft !== 0) return
    counts.breaks++
    tell()
    acceptor.removeAllListeners('data').removeAllListeners('close').resume()
    dialler.removeAllListeners('data').removeAllListeners('close')
    dialler.destroy()
    // Behind all that is under way.
    pass(acceptor, setup.breakDelayMs, () => acceptor.end())
  }
  forward(dialler, acceptor, breakOnce)
  forward(acceptor, dialler, breakOnce)
  dialler.resume()
}

function forward(from: Socket, to: Socket, passed: () => void): void {
  from.on('data', (chunk: Buffer) => {
    pass(to, setup.chunkDelayMs, () => to.write(chunk))
    passed()
  })
  from.on('end', () => {
    pass(to, setup.chunkDelayMs, () => to.end())
  })
  from.on('close', (hadError) => {
    if (hadError) to.destroy()
  })
}

const lines = new WeakMap<Socket, Promise<void>>()

/** Does something at the socket after a random delay, but not before what was to be done earlier. */
function pass(to: Socket, maxDelayMs: number, act: () => void): void {
  const due = delay(random(maxDelayMs))
  const line = (lines.get(to) ?? Promise.resolve()).then(() => due).then(act)
  lines.set(to, line)
}

function tell(): void {
  process.send?.(counts satisfies LateProxyFigures)
}
