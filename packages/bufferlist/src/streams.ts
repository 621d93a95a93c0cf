import { Readable, Writable } from 'node:stream'
import { BufferList } from './buffer-list.ts'
import { ListTooLongError } from './errors.ts'

/** What may be collected: Node streams, web streams and generators are all of this kind. */
export type ByteSource = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>

/** A bound on what is taken from a source that is not trusted. */
export interface CollectOptions {
  /** With more than this, the source is closed and `ListTooLongError` thrown. Default: no bound. */
  readonly maxLength?: number
}

/** Everything that a source yields. Its chunks are shared, not copied; text is encoded as UTF-8. */
export async function collect(source: ByteSource, options: CollectOptions = {}): Promise<BufferList> {
  const { maxLength = Infinity } = options
  const list = new BufferList()
  for await (const chunk of source) {
    list.append(chunk)
    if (list.length > maxLength) throw new ListTooLongError(maxLength, list.length)
  }
  return list
}

/** A stream of the chunks that the list has now, one after the other as they are asked for. The list keeps them. */
export function toReadable(list: BufferList): Readable {
  return Readable.from(list.chunks(), { objectMode: false })
}

/** Like `toReadable`, as a web stream. */
export function toReadableStream(list: BufferList): ReadableStream<Uint8Array> {
  const chunks = list.chunks().values()
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = chunks.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
  })
}

/** A stream that appends what is written to a list, by sharing it. With too much it fails with `ListTooLongError`. */
export function createWritable(list: BufferList, options: CollectOptions = {}): Writable {
  const { maxLength = Infinity } = options
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      if (list.length + chunk.length > maxLength) done(new ListTooLongError(maxLength, list.length + chunk.length))
      else {
        list.append(chunk)
        done()
      }
    },
  })
}
