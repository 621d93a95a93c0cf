import { BufferList } from '@msgr/bufferlist'
import type { ContestCase } from './contest.ts'
import { loadBlList, loadUint8ArrayList } from './peer-ropes.ts'

const LIST_LENGTH = 4096
const HEADER_LENGTH = 53

/** Reads all integers of a list, one after the other. The others have no cursor: their reads take an offset. */
function integersCase(bits: 8 | 32, chunkLength: number): ContestCase {
  const chunks: Buffer[] = []
  for (let at = 0; at < LIST_LENGTH; at += chunkLength) {
    chunks.push(Buffer.from(Uint8Array.from({ length: Math.min(chunkLength, LIST_LENGTH - at) }, (_, i) => i)))
  }
  const bytes = bits / 8
  const provable = (operate: () => number): { operate: () => number; prove: () => { sum: number } } => {
    return { operate, prove: () => ({ sum: operate() }) }
  }
  return {
    name: `read-u${bits}-chunks-of-${chunkLength}B`,
    subjects: {
      bufferlist: () => {
        const list = new BufferList()
        for (const each of chunks) list.append(each)
        return provable(() => {
          const cursor = list.cursor()
          let sum = 0
          if (bits === 8) for (let at = 0; at < LIST_LENGTH; at += bytes) sum += cursor.readUInt8()
          else for (let at = 0; at < LIST_LENGTH; at += bytes) sum += cursor.readUInt32LE()
          return sum
        })
      },
      uint8arraylist: async () => {
        const list = (await loadUint8ArrayList())(...chunks)
        return provable(() => {
          let sum = 0
          if (bits === 8) for (let at = 0; at < LIST_LENGTH; at += bytes) sum += list.get(at)
          else for (let at = 0; at < LIST_LENGTH; at += bytes) sum += list.getUint32(at, true)
          return sum
        })
      },
      bl: async () => {
        const list = (await loadBlList())(...chunks)
        return provable(() => {
          let sum = 0
          if (bits === 8) for (let at = 0; at < LIST_LENGTH; at += bytes) sum += list.readUInt8(at)
          else for (let at = 0; at < LIST_LENGTH; at += bytes) sum += list.readUInt32LE(at)
          return sum
        })
      },
    },
  }
}

/** The fields of a message's header: a new list and new reads each time, as for each message. */
function headerCase(): ContestCase {
  const header = Buffer.from(Uint8Array.from({ length: HEADER_LENGTH }, (_, i) => (i % 8 < 4 ? i : 0)))
  return {
    name: 'new-list-14-fields',
    subjects: {
      bufferlist: () => {
        const operate = (): number => {
          const cursor = new BufferList(header).cursor()
          let sum = cursor.readSafeUInt64LE() + cursor.readSafeUInt64LE()
          for (let i = 0; i < 4; i++) sum += cursor.readUInt16LE()
          for (let i = 0; i < 7; i++) sum += cursor.readUInt32LE()
          return sum + cursor.readUInt8()
        }
        return { operate, prove: () => ({ sum: operate() }) }
      },
      uint8arraylist: async () => {
        const make = await loadUint8ArrayList()
        const operate = (): number => {
          const list = make(header)
          let sum = Number(list.getBigInt64(0, true)) + Number(list.getBigInt64(8, true))
          for (let i = 0; i < 4; i++) sum += list.getUint16(16 + 2 * i, true)
          for (let i = 0; i < 7; i++) sum += list.getUint32(24 + 4 * i, true)
          return sum + list.get(52)
        }
        return { operate, prove: () => ({ sum: operate() }) }
      },
      bl: async () => {
        const make = await loadBlList()
        const operate = (): number => {
          const list = make(header)
          let sum = Number(list.readBigUInt64LE(0)) + Number(list.readBigUInt64LE(8))
          for (let i = 0; i < 4; i++) sum += list.readUInt16LE(16 + 2 * i)
          for (let i = 0; i < 7; i++) sum += list.readUInt32LE(24 + 4 * i)
          return sum + list.readUInt8(52)
        }
        return { operate, prove: () => ({ sum: operate() }) }
      },
    },
  }
}

/** Integers out of a rope. */
export const readCases: readonly ContestCase[] = [
  integersCase(32, 4096),
  integersCase(32, 250),
  integersCase(8, 4096),
  integersCase(8, 250),
  headerCase(),
]
