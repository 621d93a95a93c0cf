import { BufferList as BlList } from 'bl'
import { bench, do_not_optimize, group, run, summary } from 'mitata'
import { Uint8ArrayList } from 'uint8arraylist'
import { BufferList } from '../src/index.ts'

// Three ropes at the same work. `bl` gets Buffers, since it makes Buffers of anything else.

const SIZES = [64, 1024, 16384, 65536]
const QUEUED_CHUNKS = 16

function compare(title: string, ours: () => unknown, uint8arraylist: () => unknown, blList: () => unknown): void {
  group(title, () => {
    summary(() => {
      bench('msgr', () => do_not_optimize(ours()))
      bench('uint8arraylist', () => do_not_optimize(uint8arraylist()))
      bench('bl', () => do_not_optimize(blList()))
    })
  })
}

for (const size of SIZES) {
  const chunk = new Uint8Array(size).fill(1)
  const buffer = Buffer.alloc(size, 1)

  // A queue that never runs empty: one chunk goes in, one comes out.
  const ours = new BufferList()
  const theirs = new Uint8ArrayList()
  const blList = new BlList()
  for (let i = 0; i < QUEUED_CHUNKS; i++) {
    ours.append(chunk)
    theirs.append(chunk)
    blList.append(buffer)
  }
  compare(
    `append and consume a chunk of ${size} B, ${QUEUED_CHUNKS} queued`,
    () => ours.append(chunk).consume(size),
    () => {
      theirs.append(chunk)
      theirs.consume(size)
    },
    () => blList.append(buffer).consume(size),
  )
}

{
  const chunk = new Uint8Array(64)
  const buffer = Buffer.alloc(64)
  compare(
    'a new list of one chunk of 64 B, consumed',
    () => new BufferList(chunk).consume(64),
    () => {
      new Uint8ArrayList(chunk).consume(64)
    },
    () => new BlList(buffer).consume(64),
  )
}

{
  const chunk = new Uint8Array(65536)
  const buffer = Buffer.alloc(65536)
  const ours = new BufferList()
  const theirs = new Uint8ArrayList()
  const blList = new BlList()
  compare(
    'append 64 KiB, consume it in pieces of 4 KiB',
    () => {
      ours.append(chunk)
      while (ours.length > 0) ours.consume(4096)
    },
    () => {
      theirs.append(chunk)
      while (theirs.byteLength > 0) theirs.consume(4096)
    },
    () => {
      blList.append(buffer)
      while (blList.length > 0) blList.consume(4096)
    },
  )
}

{
  const ours = new BufferList()
  const theirs = new Uint8ArrayList()
  const blList = new BlList()
  for (let i = 0; i < QUEUED_CHUNKS; i++) {
    ours.append(new Uint8Array(1024))
    theirs.append(new Uint8Array(1024))
    blList.append(Buffer.alloc(1024))
  }
  compare(
    'a range within the first chunk, as a view',
    () => ours.subarray(100, 900),
    () => theirs.subarray(100, 900),
    () => blList.slice(100, 900),
  )
  compare(
    'a range within the ninth chunk, as a view',
    () => ours.subarray(8300, 9100),
    () => theirs.subarray(8300, 9100),
    () => blList.slice(8300, 9100),
  )
  compare(
    'a range of three chunks, as a list without copying',
    () => ours.substr(900, 2048),
    () => theirs.sublist(900, 2948),
    () => blList.shallowSlice(900, 2948),
  )
  compare(
    'a range of three chunks, as a copy',
    () => ours.slice(900, 2948),
    () => theirs.slice(900, 2948),
    () => blList.slice(900, 2948),
  )
}

await run()
