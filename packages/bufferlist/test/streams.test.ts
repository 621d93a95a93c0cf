import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { writevSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BufferList, collect, createWritable, ListTooLongError, toReadable, toReadableStream } from '../src/index.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)
const threeChunks = (): BufferList => new BufferList().append('abc').append('de').append('f')

async function* yielding(...pieces: (Uint8Array | string)[]): AsyncGenerator<Uint8Array | string> {
  for (const piece of pieces) yield await Promise.resolve(piece)
}

describe('collect', () => {
  test('takes async and sync iterables, and shares their chunks', async () => {
    const first = ascii('ab')
    const list = await collect(yielding(first, 'é', ascii('c')))
    expect(list.firstChunk).toBe(first)
    expect(list.toString()).toBe('abéc')
    expect((await collect([ascii('x'), 'y'])).toString()).toBe('xy')
    expect((await collect(threeChunks())).chunkCount).toBe(3)
  })

  test('takes Node streams and web streams', async () => {
    expect((await collect(Readable.from([Buffer.from('ab'), Buffer.from('c')]))).toString()).toBe('abc')
    expect((await collect(new Blob(['abc']).stream())).toString()).toBe('abc')
  })

  test('closes a source that gives too much', async () => {
    let isClosed = false
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(new Uint8Array(10))
      } finally {
        isClosed = true
      }
    }
    await expect(collect(endless(), { maxLength: 35 })).rejects.toEqual(new ListTooLongError(35, 40))
    expect(isClosed).toBe(true)
    expect((await collect([new Uint8Array(35)], { maxLength: 35 })).length).toBe(35)
  })

  test('passes the error of the source on', async () => {
    const stream = new PassThrough()
    const collected = collect(stream)
    stream.write('abc')
    stream.destroy(new Error('cut'))
    await expect(collected).rejects.toThrow('cut')
  })
})

describe('toReadable', () => {
  test('streams the chunks as they are, and leaves the list', async () => {
    const list = threeChunks()
    const chunks: unknown[] = []
    for await (const chunk of toReadable(list)) chunks.push(chunk)
    expect(chunks.map(String)).toEqual(['abc', 'de', 'f'])
    expect(list.length).toBe(6)
  })

  test('gives chunks only as they are asked for', async () => {
    const list = new BufferList()
    for (let i = 0; i < 50; i++) list.append(new Uint8Array(65536))
    const readable = toReadable(list)
    await new Promise((resolve) => readable.once('readable', resolve))
    expect(readable.readableLength).toBeLessThan(10 * 65536)
    expect((await collect(readable)).length).toBe(50 * 65536)
  })

  test('of an empty list ends', async () => {
    expect((await collect(toReadable(new BufferList()))).length).toBe(0)
  })
})

test('toReadableStream streams the chunks and leaves the list', async () => {
  const list = threeChunks()
  expect(await new Response(toReadableStream(list)).text()).toBe('abcdef')
  const chunks: Uint8Array[] = []
  for await (const chunk of toReadableStream(list)) chunks.push(chunk)
  expect(chunks[0]).toBe(list.firstChunk)
  expect(await new Response(toReadableStream(new BufferList())).text()).toBe('')
})

describe('createWritable', () => {
  test('appends what is written', async () => {
    const list = new BufferList()
    await pipeline(Readable.from([Buffer.from('ab'), Buffer.from('cd')]), createWritable(list))
    expect(list.chunks().map(String)).toEqual(['ab', 'cd'])
  })

  test('encodes text and fails when there is too much', async () => {
    const list = new BufferList()
    const writable = createWritable(list, { maxLength: 3 })
    writable.write('é')
    await expect(pipeline(Readable.from([Buffer.from('xy')]), writable)).rejects.toEqual(new ListTooLongError(3, 4))
    expect(list.toString()).toBe('é')
  })
})

describe('files', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bufferlist-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('are written from a list as it stands, and read into one', async () => {
    const path = join(folder, 'whole')
    await writeFile(path, threeChunks())
    expect(new BufferList(await readFile(path)).toString()).toBe('abcdef')
    const file = await open(path)
    expect((await collect(file.createReadStream())).toString()).toBe('abcdef')
  })

  test('are written by writev at an offset', async () => {
    const path = join(folder, 'offset')
    const file = await open(path, 'w')
    expect(writevSync(file.fd, threeChunks().chunks(), 200)).toBe(6)
    await file.close()
    const read = new BufferList(await readFile(path))
    expect(read.length).toBe(206)
    expect(read.substr(200, 6).toString()).toBe('abcdef')
  })
})
