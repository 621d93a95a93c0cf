import { BufferList } from '@msgr/bufferlist'
import type { Contest, ContestCase, Contestant } from './contest.ts'
import { loadBlList, loadUint8ArrayList } from './peer-ropes.ts'
import { readCases } from './rope-read-cases.ts'

const CHUNK_LENGTHS = [64, 1024, 16_384, 65_536]
const QUEUED_CHUNKS = 16
const PIECE_LENGTH = 4096

/** A queue of bytes that never runs empty: one chunk goes in, one comes out. */
function queueCase(length: number): ContestCase {
  const chunks = Array.from({ length: QUEUED_CHUNKS }, (_, index) => Buffer.alloc(length, index))
  const chunk = Buffer.alloc(length, 7)
  const prove = (queued: number, first: number): Record<string, number> => ({ queued, first })
  return {
    name: `append-consume-${nameOf(length)}`,
    subjects: {
      bufferlist: () => {
        const list = new BufferList()
        for (const each of chunks) list.append(each)
        const operate = (): unknown => list.append(chunk).consume(length)
        return { operate, prove: () => prove(list.length, list.subarray(length, length + 1)[0] ?? -1) }
      },
      uint8arraylist: async () => {
        const make = await loadUint8ArrayList()
        const list = make(...chunks)
        const operate = (): void => {
          list.append(chunk)
          list.consume(length)
        }
        return { operate, prove: () => prove(list.byteLength, list.get(length)) }
      },
      bl: async () => {
        const make = await loadBlList()
        const list = make(...chunks)
        const operate = (): unknown => list.append(chunk).consume(length)
        return { operate, prove: () => prove(list.length, list.readUInt8(length)) }
      },
    },
  }
}

/** A large chunk goes in and comes out in pieces. */
function piecesOf(
  list: { append(chunk: Buffer): unknown; consume(length: number): unknown },
  lengthOf: () => number,
): Contestant {
  const chunk = Buffer.alloc(65_536)
  const operate = (): number => {
    list.append(chunk)
    let pieceCount = 0
    for (; lengthOf() > 0; pieceCount++) list.consume(PIECE_LENGTH)
    return pieceCount
  }
  return { operate, prove: () => ({ pieceCount: operate() }) }
}

const piecesCase: ContestCase = {
  name: 'append-64KiB-consume-4KiB',
  subjects: {
    bufferlist: () => {
      const list = new BufferList()
      return piecesOf(list, () => list.length)
    },
    uint8arraylist: async () => {
      const list = (await loadUint8ArrayList())()
      return piecesOf(list, () => list.byteLength)
    },
    bl: async () => {
      const list = (await loadBlList())()
      return piecesOf(list, () => list.length)
    },
  },
}

/** A range of a list of 16 chunks of 1 KiB, taken in the way that each library has for it. */
function rangeCase(name: string, begin: number, end: number, how: 'copy' | 'view' | 'list'): ContestCase {
  const chunks = Array.from({ length: QUEUED_CHUNKS }, (_, index) => Buffer.alloc(1024, index))
  const prove = (bytes: Uint8Array): Record<string, string> => ({ bytes: Buffer.from(bytes).toString('latin1') })
  return {
    name,
    subjects: {
      bufferlist: () => {
        const list = new BufferList()
        for (const each of chunks) list.append(each)
        if (how === 'list') {
          const take = (): BufferList => list.substr(begin, end - begin)
          return { operate: take, prove: () => prove(take().slice()) }
        }
        const operate = how === 'copy' ? () => list.slice(begin, end) : () => list.subarray(begin, end)
        return { operate, prove: () => prove(operate()) }
      },
      uint8arraylist: async () => {
        const list = (await loadUint8ArrayList())(...chunks)
        if (how === 'list') {
          const take = (): ReturnType<typeof list.sublist> => list.sublist(begin, end)
          return { operate: take, prove: () => prove(take().slice(0, end - begin)) }
        }
        const operate = how === 'copy' ? () => list.slice(begin, end) : () => list.subarray(begin, end)
        return { operate, prove: () => prove(operate()) }
      },
      bl: async () => {
        const list = (await loadBlList())(...chunks)
        if (how === 'list') {
          const take = (): ReturnType<typeof list.shallowSlice> => list.shallowSlice(begin, end)
          return { operate: take, prove: () => prove(take().slice(0, end - begin)) }
        }
        // Its slice is a view within one chunk, and else a copy.
        const operate = (): Buffer => list.slice(begin, end)
        return { operate, prove: () => prove(operate()) }
      },
    },
  }
}

function nameOf(length: number): string {
  return length < 1024 ? `${length}B` : `${length / 1024}KiB`
}

/** `BufferList` against the ropes that others have made. */
export const bufferlistContest: Contest = {
  name: 'bufferlist',
  ours: ['bufferlist'],
  cases: [
    ...CHUNK_LENGTHS.map(queueCase),
    piecesCase,
    rangeCase('slice-view-first-chunk', 100, 900, 'view'),
    rangeCase('slice-view-ninth-chunk', 8300, 9100, 'view'),
    rangeCase('slice-list-three-chunks', 900, 2948, 'list'),
    rangeCase('slice-copy-three-chunks', 900, 2948, 'copy'),
    ...readCases,
  ],
}
