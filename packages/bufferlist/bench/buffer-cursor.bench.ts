import { BufferList as BlList } from 'bl'
import { bench, do_not_optimize, group, run, summary } from 'mitata'
import { Uint8ArrayList } from 'uint8arraylist'
import { BufferList } from '../src/index.ts'

// Integers out of a rope. The others have no cursor: their reads take an offset.

const LENGTH = 4096

function compare(title: string, ours: () => unknown, uint8arraylist: () => unknown, blList: () => unknown): void {
  group(title, () => {
    summary(() => {
      bench('msgr', () => do_not_optimize(ours()))
      bench('uint8arraylist', () => do_not_optimize(uint8arraylist()))
      bench('bl', () => do_not_optimize(blList()))
    })
  })
}

for (const chunkLength of [4096, 250]) {
  const ours = new BufferList()
  const theirs = new Uint8ArrayList()
  const blList = new BlList()
  for (let at = 0; at < LENGTH; at += chunkLength) {
    const bytes = Uint8Array.from({ length: Math.min(chunkLength, LENGTH - at) }, (_, i) => i)
    ours.append(bytes)
    theirs.append(bytes)
    blList.append(Buffer.from(bytes))
  }

  compare(
    `1024 reads of 32 bits in chunks of ${chunkLength} B`,
    () => {
      const cursor = ours.cursor()
      let sum = 0
      for (let at = 0; at < LENGTH; at += 4) sum += cursor.readUInt32LE()
      return sum
    },
    () => {
      let sum = 0
      for (let at = 0; at < LENGTH; at += 4) sum += theirs.getUint32(at, true)
      return sum
    },
    () => {
      let sum = 0
      for (let at = 0; at < LENGTH; at += 4) sum += blList.readUInt32LE(at)
      return sum
    },
  )

  compare(
    `4096 reads of 8 bits in chunks of ${chunkLength} B`,
    () => {
      const cursor = ours.cursor()
      let sum = 0
      for (let at = 0; at < LENGTH; at++) sum += cursor.readUInt8()
      return sum
    },
    () => {
      let sum = 0
      for (let at = 0; at < LENGTH; at++) sum += theirs.get(at)
      return sum
    },
    () => {
      let sum = 0
      for (let at = 0; at < LENGTH; at++) sum += blList.readUInt8(at)
      return sum
    },
  )
}

{
  // The fields of a message header: a new list and a new cursor each time, as for each message.
  const bytes = Uint8Array.from({ length: 53 }, (_, i) => (i % 8 < 4 ? i : 0))
  const buffer = Buffer.from(bytes)
  compare(
    'a new list of 53 B, and 14 fields of 8 to 64 bits out of it',
    () => {
      const cursor = new BufferList(bytes).cursor()
      let sum = cursor.readSafeUInt64LE() + cursor.readSafeUInt64LE()
      for (let i = 0; i < 4; i++) sum += cursor.readUInt16LE()
      for (let i = 0; i < 7; i++) sum += cursor.readUInt32LE()
      return sum + cursor.readUInt8()
    },
    () => {
      const list = new Uint8ArrayList(bytes)
      let sum = Number(list.getBigInt64(0, true)) + Number(list.getBigInt64(8, true))
      for (let i = 0; i < 4; i++) sum += list.getUint16(16 + 2 * i, true)
      for (let i = 0; i < 7; i++) sum += list.getUint32(24 + 4 * i, true)
      return sum + list.get(52)
    },
    () => {
      const list = new BlList(buffer)
      let sum = Number(list.readBigUInt64LE(0)) + Number(list.readBigUInt64LE(8))
      for (let i = 0; i < 4; i++) sum += list.readUInt16LE(16 + 2 * i)
      for (let i = 0; i < 7; i++) sum += list.readUInt32LE(24 + 4 * i)
      return sum + list.readUInt8(52)
    },
  )
}

await run()
