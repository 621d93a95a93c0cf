import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { nextTurn, until } from '@msgr-tooling/vitest-preset/until'
import type { TransportOwner } from '@msgr/messenger-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Pipe } from '../src/pipe.ts'

/** Stands for a session: what came, what is to go, and how it ended. */
class Owner implements TransportOwner {
  readonly received: number[] = []
  toWrite: Uint8Array[] = []
  writesWaiting = 0
  isOpen = false
  closedBy: Error | undefined
  readonly inputTarget = undefined

  onTransportOpen(): void {
    this.isOpen = true
  }

  onBytes(bytes: Uint8Array): void {
    this.received.push(...bytes)
  }

  releaseInput(): boolean {
    return true
  }

  get wantsOutput(): boolean {
    return this.toWrite.length > 0
  }

  takeOutput(): Uint8Array[] {
    const chunks = this.toWrite
    this.toWrite = []
    return chunks
  }

  onTransportClosed(error: Error): void {
    this.closedBy = error
  }
}

let ours: Socket
let theirs: Socket

beforeEach(async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  ours = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [accepted] = (await once(server, 'connection')) as [Socket]
  theirs = accepted
  if (ours.connecting) await once(ours, 'connect')
  theirs.on('error', () => undefined)
  server.close()
})

afterEach(() => {
  ours.destroy()
  theirs.destroy()
})

function openPipe(owner: Owner, isToBeCut = false): Pipe {
  const pipe = new Pipe(ours, 'connected', { cutsSocket: () => isToBeCut })
  pipe.setOwner(owner)
  return pipe
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await nextTurn()
}

test('bytes that come are given to the owner, in order', async () => {
  const owner = new Owner()
  openPipe(owner)
  theirs.write(Uint8Array.of(1, 2))
  await until(() => owner.received.length === 2)
  theirs.write(Uint8Array.of(3))
  await until(() => owner.received.length === 3)
  expect(owner.received).toEqual([1, 2, 3])
})

test('more than the socket takes at once is written whole and in order', async () => {
  const owner = new Owner()
  const pipe = openPipe(owner)
  const chunks = Array.from({ length: 500 }, (_, i) => new Uint8Array(10_007).fill(i & 0xff))
  owner.toWrite = [...chunks]
  const received: Buffer[] = []
  let length = 0
  theirs.on('data', (bytes: Buffer) => {
    received.push(bytes)
    length += bytes.length
  })
  pipe.flush()
  await until(() => length === 500 * 10_007)
  expect(Buffer.compare(Buffer.concat(received), Buffer.concat(chunks))).toBe(0)
})

test('while the socket is full nothing more is taken from the owner', async () => {
  const owner = new Owner()
  theirs.pause()
  let takenCount = 0
  owner.takeOutput = () => {
    takenCount++
    return [new Uint8Array(1 << 20)]
  }
  Object.defineProperty(owner, 'wantsOutput', { get: () => true })
  openPipe(owner).flush()
  await turns(200)
  const takenBefore = takenCount
  await turns(200)
  expect(takenCount).toBe(takenBefore)
  theirs.resume()
  await until(() => takenCount > takenBefore)
})

test('nothing is read while reading is paused', async () => {
  const owner = new Owner()
  const pipe = openPipe(owner)
  pipe.pauseReading()
  theirs.write(Uint8Array.of(1))
  await turns(20)
  expect(owner.received).toEqual([])
  pipe.resumeReading()
  await until(() => owner.received.length === 1)
})

test('the end of the stream closes the socket and tells the owner', async () => {
  const owner = new Owner()
  openPipe(owner)
  theirs.end()
  await until(() => owner.closedBy !== undefined)
  expect(owner.closedBy).toMatchObject({ code: 'ECONNRESET', message: 'the peer has closed the socket' })
  expect(ours.destroyed).toBe(true)
})

test('once closed it never calls its owner again, whatever was on its way', async () => {
  const owner = new Owner()
  const pipe = openPipe(owner)
  theirs.write(Uint8Array.of(1))
  owner.toWrite = [Uint8Array.of(1)]
  pipe.flush()
  pipe.close()
  pipe.close()
  await turns(20)
  expect(owner.received).toEqual([])
  expect(owner.toWrite).toHaveLength(1)
  expect(owner.closedBy).toBeUndefined()
})

test('from setOwner on the events go to the new owner', async () => {
  const [first, second] = [new Owner(), new Owner()]
  const pipe = openPipe(first)
  pipe.setOwner(second)
  theirs.write(Uint8Array.of(5))
  await until(() => second.received.length === 1)
  second.toWrite = [Uint8Array.of(9)]
  pipe.flush()
  const [bytes] = (await once(theirs, 'data')) as [Buffer]
  expect([...bytes]).toEqual([9])
  expect(first.received).toEqual([])
})

test('a socket that cannot connect tells the owner why', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const owner = new Owner()
  new Pipe(connect(port, '127.0.0.1'), 'connecting', { cutsSocket: () => false }).setOwner(owner)
  await until(() => owner.closedBy !== undefined)
  expect(owner.closedBy).toMatchObject({ code: 'ECONNREFUSED' })
  expect(owner.isOpen).toBe(false)
})

test('a failure that is injected closes the socket and tells the owner', async () => {
  const owner = new Owner()
  openPipe(owner, true)
  theirs.write(Uint8Array.of(1))
  await until(() => owner.closedBy !== undefined)
  expect(owner.closedBy?.message).toBe('the socket was cut on purpose')
  expect(owner.received).toEqual([])
})

test('what is worth a write is given to the socket at once', () => {
  const owner = new Owner()
  const pipe = openPipe(owner)
  owner.toWrite = [Uint8Array.of(1, 2)]
  pipe.flush()
  expect(owner.toWrite).toHaveLength(1)
  owner.writesWaiting = 1
  pipe.flush()
  expect([owner.toWrite, ours.bytesWritten]).toEqual([[], 2])
})

test('a second early write waits for twice as much, and the next turn begins anew', async () => {
  const owner = new Owner()
  const pipe = openPipe(owner)
  const isWritten = (writesWaiting: number): boolean => {
    owner.toWrite.push(Uint8Array.of(1))
    owner.writesWaiting = writesWaiting
    pipe.flush()
    return !owner.wantsOutput
  }
  expect([isWritten(1), isWritten(1), isWritten(2)]).toEqual([true, false, true])
  await nextTurn()
  expect([isWritten(1), isWritten(1)]).toEqual([true, false])
})

test('what is worth a write waits while the socket has more than it wants', async () => {
  const owner = new Owner()
  const pipe = openPipe(owner)
  owner.writesWaiting = 1
  owner.toWrite = [new Uint8Array(64 << 20)]
  pipe.flush()
  expect(ours.writableNeedDrain).toBe(true)
  owner.toWrite.push(Uint8Array.of(1))
  pipe.flush()
  expect(owner.toWrite).toHaveLength(1)
  theirs.resume()
  await until(() => owner.toWrite.length === 0)
})
