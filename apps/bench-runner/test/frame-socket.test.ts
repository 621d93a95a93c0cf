import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { encodeFrame } from '../src/frame-codec.ts'
import { FrameSocket } from '../src/frame-socket.ts'

/** A stream that keeps what each write to the system would have been. */
class WriteRecorder extends Duplex {
  readonly writes: Buffer[] = []

  override _read(): void {
    // Tests push.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.writes.push(chunk)
    done()
  }

  override _writev(chunks: readonly { chunk: Buffer }[], done: () => void): void {
    this.writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)))
    done()
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('frames of one turn leave in one write, in order; those of the next in another', async () => {
  const stream = new WriteRecorder()
  const frames = new FrameSocket(stream, () => undefined)
  const [small, large, last] = [Buffer.from('small'), Buffer.alloc(4096, 7), Buffer.from('last')]
  frames.send(small)
  frames.send(large)
  await turn()
  frames.send(last)
  await turn()
  expect(stream.writes).toEqual([Buffer.concat([encodeFrame(small), encodeFrame(large)]), encodeFrame(last)])
})

test('a large payload is handed on without a copy', async () => {
  const stream = new WriteRecorder()
  const chunks: Buffer[] = []
  stream._writev = (list, done) => {
    chunks.push(...list.map(({ chunk }) => chunk))
    done()
  }
  const payload = Buffer.alloc(4096)
  new FrameSocket(stream, () => undefined).send(payload)
  await turn()
  expect(chunks[1]?.buffer).toBe(payload.buffer)
})

test('payloads that come are handed on in order', async () => {
  const stream = new WriteRecorder()
  const got: string[] = []
  new FrameSocket(stream, (payload) => got.push(Buffer.from(payload).toString()))
  stream.push(Buffer.concat([encodeFrame(Buffer.from('a')), encodeFrame(Buffer.from('b'))]))
  await turn()
  expect(got).toEqual(['a', 'b'])
})

test('a peer that breaks the framing has its socket destroyed, with the reason', async () => {
  const stream = new WriteRecorder()
  new FrameSocket(stream, () => undefined)
  stream.push(Buffer.alloc(4, 0xff))
  const [error] = (await once(stream, 'error')) as [Error]
  expect(error).toMatchObject({ code: 'ERR_BENCH_FRAME' })
  expect(stream.destroyed).toBe(true)
})
