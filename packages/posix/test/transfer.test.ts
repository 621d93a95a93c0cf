import { join } from 'node:path'
import { describeNeeding, run } from '@msgr-tooling/native-tests'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as posix from '../src/index.ts'
import { buildPrograms, packageRoot } from './built-program.ts'
import { closeOwnedAfterEach, connected, disown, own, receive } from './loopback.ts'
import { missingShim } from './missing-shim.ts'

/** toEqual takes seconds for a large buffer. */
function expectSame(got: Buffer, expected: Uint8Array): void {
  expect(Buffer.compare(got, expected)).toBe(0)
}

describeNeeding(missingShim, 'transfer', () => {
  closeOwnedAfterEach()

  test('a send to a closed connection is -EPIPE and raises no SIGPIPE', async () => {
    let signals = 0
    const count = (): void => {
      signals++
    }
    process.on('SIGPIPE', count)
    try {
      const [fd, peer] = posix.socketPair().map(own) as [number, number]
      disown(peer)
      const bytes = new Uint8Array(1)
      expect(posix.send(fd, bytes, 0, 1, false)).toBe(-posix.EPIPE)
      expect(posix.sendmsg(fd, [bytes], 0, false)).toBe(-posix.EPIPE)
      // write(2) does raise it, which proves that signals are seen here, and is the only one.
      const raised = new Promise((resolve) => process.once('SIGPIPE', resolve))
      expect(posix.write(fd, bytes, 0, 1)).toBe(-posix.EPIPE)
      await raised
      await new Promise((resolve) => setImmediate(resolve))
      expect(signals).toBe(1)
    } finally {
      process.off('SIGPIPE', count)
    }
  })

  describe('ranges', () => {
    test.each([
      [0, 11],
      [11, 0],
      [-1, 1],
      [0, -1],
      [5, 6],
      [2 ** 32, 1],
      [0, 2 ** 32 + 1],
    ])('offset %d with length %d is refused for 10 bytes', (offset, length) => {
      const buffer = new Uint8Array(10)
      expect(() => posix.recv(-1, buffer, offset, length)).toThrow(posix.BufferRangeError)
      expect(() => posix.send(-1, buffer, offset, length, false)).toThrow(posix.BufferRangeError)
      expect(() => posix.read(-1, buffer, offset, length)).toThrow(posix.BufferRangeError)
      expect(() => posix.write(-1, buffer, offset, length)).toThrow(posix.BufferRangeError)
    })

    test('recv and read write only where they were told to', () => {
      const [fd, peer] = posix.socketPair().map(own) as [number, number]
      posix.send(peer, new Uint8Array(8).fill(7), 0, 8, false)
      const buffer = new Uint8Array(10)
      expect(posix.recv(fd, buffer, 2, 4)).toBe(4)
      expect(posix.read(fd, buffer, 8, 1)).toBe(1)
      expect([...buffer]).toEqual([0, 0, 7, 7, 7, 7, 0, 0, 7, 0])
    })

    test('send and write read only what they were told to', () => {
      const [fd, peer] = posix.socketPair().map(own) as [number, number]
      const buffer = Uint8Array.of(0, 1, 2, 3, 4, 5)
      expect(posix.send(peer, buffer, 1, 2, false)).toBe(2)
      expect(posix.write(peer, buffer, 4, 1)).toBe(1)
      expect([...receive(fd, 3)]).toEqual([1, 2, 4])
    })

    test('memory may be shared, and a view is taken for what it shows', () => {
      const [fd, peer] = posix.socketPair().map(own) as [number, number]
      const shared = new Uint8Array(new SharedArrayBuffer(16), 4, 8)
      posix.send(peer, Uint8Array.of(9, 8, 7), 0, 3, false)
      expect(posix.recv(fd, shared, 1, 7)).toBe(3)
      expect([...new Uint8Array(shared.buffer)]).toEqual([0, 0, 0, 0, 0, 9, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0])
      expect(posix.sendmsg(fd, [shared.subarray(1, 4)], 0, false)).toBe(3)
      expect([...receive(peer, 3)]).toEqual([9, 8, 7])
    })
  })

  describe('sendmsg', () => {
    test('sends nothing for no chunks or empty ones', () => {
      const [fd, peer] = posix.socketPair().map(own) as [number, number]
      expect(posix.sendmsg(fd, [], 0, false)).toBe(0)
      expect(posix.sendmsg(fd, [new Uint8Array(0), new Uint8Array(0)], 0, false)).toBe(0)
      expect(posix.sendmsg(fd, [new Uint8Array(3)], 3, false)).toBe(0)
      expect(posix.recv(peer, new Uint8Array(1), 0, 1)).toBe(-posix.EAGAIN)
    })

    test('starts the first chunk at the offset, and refuses one beyond it', () => {
      const [fd, peer] = posix.socketPair().map(own) as [number, number]
      const chunks = [Buffer.from('abc'), Buffer.from('def')]
      expect(posix.sendmsg(fd, chunks, 2, false)).toBe(4)
      expect(receive(peer, 4).toString()).toBe('cdef')
      expect(posix.sendmsg(fd, chunks, 3, false)).toBe(3)
      expect(receive(peer, 3).toString()).toBe('def')
      for (const offset of [4, -1]) {
        expect(() => posix.sendmsg(fd, chunks, offset, false)).toThrow(posix.BufferRangeError)
      }
      expect(() => posix.sendmsg(fd, [], 1, false)).toThrow(posix.BufferRangeError)
    })

    test('takes more chunks than one system call does', () => {
      const [fd, peer] = posix.socketPair().map(own) as [number, number]
      const chunks = Array.from({ length: 5 * posix.IOV_MAX + 7 }, (_, index) => Uint8Array.of(index, index >> 8))
      expect(posix.sendmsg(fd, chunks, 1, false)).toBe(2 * chunks.length - 1)
      expectSame(receive(peer, 2 * chunks.length - 1), Buffer.concat(chunks).subarray(1))
    })

    test('says how much went out when a later part found no room', () => {
      const [fd, peer] = posix.socketPair().map(own) as [number, number]
      posix.setSocketOption(fd, posix.SOL_SOCKET, posix.SO_SNDBUF, 20_000)
      const chunks = Array.from({ length: 3 * posix.IOV_MAX }, (_, index) => new Uint8Array(100).fill(index))
      const sent = posix.sendmsg(fd, chunks, 0, false)
      expect(sent).toBeGreaterThan(0)
      expect(sent).toBeLessThan(100 * chunks.length)
      expectSame(receive(peer, sent), Buffer.concat(chunks).subarray(0, sent))
      expect(posix.recv(peer, new Uint8Array(1), 0, 1)).toBe(-posix.EAGAIN)
    })

    test('counts what went out before a chunk that is none, and then refuses it', () => {
      const [fd, peer] = posix.socketPair().map(own) as [number, number]
      const wrong = 'not bytes' as unknown as Uint8Array
      const chunks = [...Array.from({ length: posix.IOV_MAX }, () => new Uint8Array(1)), wrong]
      expect(posix.sendmsg(fd, chunks, 0, false)).toBe(posix.IOV_MAX)
      receive(peer, posix.IOV_MAX)
      expect(() => posix.sendmsg(fd, [new Uint8Array(1), wrong], 0, false)).toThrow(TypeError)
      expect(posix.recv(peer, new Uint8Array(1), 0, 1)).toBe(-posix.EAGAIN)
    })

    test('with more to come holds a small packet back, and send without sends it', () => {
      const { client, server } = connected()
      const bytes = Buffer.from('ab')
      const buffer = new Uint8Array(9)
      // The kernel gives up waiting after 200 ms. An attempt that was held up that long by something else says nothing.
      for (;;) {
        const start = performance.now()
        expect(posix.sendmsg(client, [bytes], 0, true)).toBe(2)
        expect(posix.send(client, bytes, 0, 2, true)).toBe(2)
        const early = posix.recv(server, buffer, 0, 9)
        const tookMs = performance.now() - start
        expect(posix.send(client, bytes, 0, 2, false)).toBe(2)
        receive(server, 6 - Math.max(early, 0))
        if (tookMs > 100) continue
        expect(early).toBe(-posix.EAGAIN)
        break
      }
    })

    test('keeps the order while another thread makes room', { timeout: 60_000 }, async () => {
      const root = await buildPrograms('send-while-received', ['send-while-received'], join(packageRoot, 'prebuilds'))
      const { code, stdout, stderr } = await run(process.execPath, [join(root, 'dist', 'send-while-received.mjs')])
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'in order\n', stderr: '' })
    })

    // A socket with little room takes any list apart somewhere. Whoever goes on from there loses and doubles nothing.
    test('goes on after partial sends until all has arrived in order', () => {
      const arbitraryChunks = fc.array(fc.uint8Array({ maxLength: 3000, size: 'max' }), { maxLength: 60, size: 'max' })
      fc.assert(
        fc.property(arbitraryChunks, fc.nat(100), fc.integer({ min: 2048, max: 40_000 }), (chunks, skip, room) => {
          const [fd, peer] = posix.socketPair()
          posix.setSocketOption(fd, posix.SOL_SOCKET, posix.SO_SNDBUF, room)
          const firstOffset = Math.min(skip, chunks[0]?.length ?? 0)
          const expected = Buffer.concat(chunks).subarray(firstOffset)
          expectSame(transfer(fd, peer, chunks, firstOffset, expected.length), expected)
          posix.close(fd)
          posix.close(peer)
        }),
        { numRuns: 60 },
      )
    })
  })
})

/** Sends with as many calls as it takes, receiving in between. */
function transfer(fd: number, peer: number, chunks: Uint8Array[], firstOffset: number, total: number): Buffer {
  const received = Buffer.alloc(total)
  let got = 0
  let next = 0
  let offset = firstOffset
  for (let left = total; left > 0;) {
    const sent = posix.sendmsg(fd, chunks.slice(next), offset, false)
    if (sent === -posix.EAGAIN) {
      got += posix.recv(peer, received, got, Math.min(5000, total - got))
      continue
    }
    left -= sent
    for (offset += sent; offset >= chunks[next]!.length && next < chunks.length - 1; next++)
      offset -= chunks[next]!.length
  }
  while (got < total) got += posix.recv(peer, received, got, total - got)
  expect(posix.recv(peer, new Uint8Array(1), 0, 1)).toBe(-posix.EAGAIN)
  return received
}
