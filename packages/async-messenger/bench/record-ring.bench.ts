import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { bench, do_not_optimize, group, run, summary } from 'mitata'
import { RecordRing } from '../src/threads/record-ring.ts'

// What it costs to hand 64 bytes over, in one thread: without the time that a core takes to see what another one wrote,
// and without wake-ups.

const LENGTH = 64
const WORDS = LENGTH / 4
const BATCH = 32

const memory = RecordRing.allocate(2 ** 16)
const producer = new RecordRing(memory)
const consumer = new RecordRing(memory)

function writeEmpty(): void {
  producer.reserve(LENGTH)
  producer.publish()
}

function readEmpty(): number {
  const offset = consumer.peek()
  consumer.release()
  return offset
}

function write(): void {
  const offset = producer.reserve(LENGTH)
  for (let word = 0; word < WORDS; word++) producer.view.setInt32(offset + 4 * word, word, true)
  producer.publish()
}

function read(): number {
  const offset = consumer.peek()
  let sum = 0
  for (let word = 0; word < WORDS; word++) sum += consumer.view.getInt32(offset + 4 * word, true)
  consumer.release()
  return sum
}

group('a record of 64 B, written and read', () => {
  summary(() => {
    bench('RecordRing', () => {
      write()
      do_not_optimize(read())
    })
    bench('RecordRing, its bytes left alone', () => {
      writeEmpty()
      do_not_optimize(readEmpty())
    })
    const { port1, port2 } = new MessageChannel()
    const bytes = new Uint8Array(LENGTH)
    bench('MessagePort', () => {
      port1.postMessage(bytes)
      do_not_optimize(receiveMessageOnPort(port2))
    })
    port1.unref()
    port2.unref()
  })
})

group(`${BATCH} records of 64 B, written and then read`, () => {
  bench('RecordRing', () => {
    for (let i = 0; i < BATCH; i++) write()
    for (let i = 0; i < BATCH; i++) do_not_optimize(read())
  })
})

await run()
