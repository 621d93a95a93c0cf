import { bench, do_not_optimize, group, run, summary } from 'mitata'
import { BufferList } from '../src/index.ts'

// Integers out of a rope, against a DataView of the same bytes in one piece: what the chunks cost. Comparisons with the
// ropes of others are in apps/bench-runner, suite bufferlist.

const LENGTH = 4096
const flat = Uint8Array.from({ length: LENGTH }, (_, i) => i)

function listOf(chunkLength: number): BufferList {
  const list = new BufferList()
  for (let at = 0; at < LENGTH; at += chunkLength) list.append(flat.slice(at, at + chunkLength))
  return list
}

group('1024 reads of 32 bits', () => {
  summary(() => {
    bench('DataView', () => {
      const view = new DataView(flat.buffer)
      let sum = 0
      for (let at = 0; at < LENGTH; at += 4) sum += view.getUint32(at, true)
      do_not_optimize(sum)
    })
    for (const chunkLength of [4096, 250]) {
      const list = listOf(chunkLength)
      bench(`chunks of ${chunkLength} B`, () => {
        const cursor = list.cursor()
        let sum = 0
        for (let at = 0; at < LENGTH; at += 4) sum += cursor.readUInt32LE()
        do_not_optimize(sum)
      })
    }
  })
})

group('4096 reads of 8 bits', () => {
  summary(() => {
    bench('DataView', () => {
      const view = new DataView(flat.buffer)
      let sum = 0
      for (let at = 0; at < LENGTH; at++) sum += view.getUint8(at)
      do_not_optimize(sum)
    })
    for (const chunkLength of [4096, 250]) {
      const list = listOf(chunkLength)
      bench(`chunks of ${chunkLength} B`, () => {
        const cursor = list.cursor()
        let sum = 0
        for (let at = 0; at < LENGTH; at++) sum += cursor.readUInt8()
        do_not_optimize(sum)
      })
    }
  })
})

// The fields of a message header: a new list and a new cursor each time, as for each message.
const header = Uint8Array.from({ length: 53 }, (_, i) => (i % 8 < 4 ? i : 0))
bench('a new list of 53 B, and 14 fields of 8 to 64 bits out of it', () => {
  const cursor = new BufferList(header).cursor()
  let sum = cursor.readSafeUInt64LE() + cursor.readSafeUInt64LE()
  for (let i = 0; i < 4; i++) sum += cursor.readUInt16LE()
  for (let i = 0; i < 7; i++) sum += cursor.readUInt32LE()
  do_not_optimize(sum + cursor.readUInt8())
})

await run()
