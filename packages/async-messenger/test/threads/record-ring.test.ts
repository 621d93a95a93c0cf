import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecordRing } from '../../src/threads/record-ring.ts'

const CAPACITY = 4096
const HEADER_LENGTH = 8
const MAX_LENGTH = CAPACITY / 4 - HEADER_LENGTH

interface Sides {
  readonly memory: SharedArrayBuffer
  readonly producer: RecordRing
  readonly consumer: RecordRing
}

function openRing(capacity = CAPACITY): Sides {
  const memory = RecordRing.allocate(capacity)
  return { memory, producer: new RecordRing(memory), consumer: new RecordRing(memory) }
}

/** Publishes a record whose bytes all have the same value. Returns what `publish` said, or undefined without room. */
function write(ring: RecordRing, length: number, value = 0): boolean | undefined {
  const offset = ring.reserve(length)
  if (offset < 0) return undefined
  ring.bytes.fill(value, offset, offset + length)
  return ring.publish()
}

/** The next record's bytes, or undefined if there is none. Releases it. */
function read(ring: RecordRing): number[] | undefined {
  const offset = ring.peek()
  if (offset < 0) return undefined
  const bytes = [...ring.bytes.subarray(offset, offset + ring.recordLength)]
  ring.release()
  return bytes
}

describe('memory', () => {
  test.each([0, 1, 2048, 4095, 4097, 6144, 2 ** 31, -4096, NaN, 4096.5])('has no capacity of %d bytes', (capacity) => {
    expect(() => RecordRing.allocate(capacity)).toThrow(RangeError)
    expect(() => RecordRing.allocate(capacity)).toThrow(`expected a power of two from 4096 to 1073741824, got`)
  })

  test('that no ring was made in is refused', () => {
    const { byteLength } = RecordRing.allocate(CAPACITY)
    expect(() => new RecordRing(new SharedArrayBuffer(byteLength))).toThrow(RangeError)
    expect(() => new RecordRing(new SharedArrayBuffer(byteLength))).toThrow('expected what RecordRing.allocate made')
    for (const length of [0, 3, CAPACITY, byteLength - 8, byteLength + 8]) {
      expect(() => new RecordRing(new SharedArrayBuffer(length))).toThrow(RangeError)
      expect(() => new RecordRing(new SharedArrayBuffer(length))).toThrow(`got ${length} bytes`)
    }
    const larger = new SharedArrayBuffer(byteLength + CAPACITY)
    new Uint8Array(larger).set(new Uint8Array(RecordRing.allocate(CAPACITY)))
    expect(() => new RecordRing(larger)).toThrow('got something else')
  })

  test('is seen by both views', () => {
    const { producer } = openRing()
    const offset = producer.reserve(8)
    producer.view.setUint32(offset, 0x01020304)
    expect([...producer.bytes.subarray(offset, offset + 4)]).toEqual([1, 2, 3, 4])
    expect(producer.bytes.length).toBe(CAPACITY)
    expect(producer.view.byteLength).toBe(CAPACITY)
  })
})

describe('records', () => {
  test('come out as they went in, also empty ones', () => {
    const { producer, consumer } = openRing()
    expect(read(consumer)).toBeUndefined()
    for (const length of [1, 0, 7, 8, 9, MAX_LENGTH]) expect(write(producer, length, length & 255)).toBe(false)
    for (const length of [1, 0, 7, 8, 9, MAX_LENGTH]) {
      expect(read(consumer)).toEqual(new Array(length).fill(length & 255))
    }
    expect(read(consumer)).toBeUndefined()
  })

  test('are seen only once they are published, and stay until they are released', () => {
    const { producer, consumer } = openRing()
    producer.reserve(3)
    expect(consumer.peek()).toBe(-1)
    producer.publish()
    const offset = consumer.peek()
    expect(offset).toBeGreaterThanOrEqual(0)
    write(producer, 5)
    expect(consumer.peek()).toBe(offset)
    expect(consumer.recordLength).toBe(3)
    consumer.release()
    consumer.peek()
    expect(consumer.recordLength).toBe(5)
  })

  test('that were reserved and not published give way to the next', () => {
    const { producer, consumer } = openRing()
    for (let i = 0; i < 3; i++) write(producer, MAX_LENGTH)
    while (read(consumer) !== undefined);
    // What is left up to the end of the ring is just enough for the second, so it must not skip as the first does.
    write(producer, MAX_LENGTH - 8)
    read(consumer)
    expect(producer.reserve(1)).toBe(HEADER_LENGTH)
    expect(producer.reserve(0)).toBe(CAPACITY)
    producer.publish()
    expect(read(consumer)).toEqual([])
    expect(read(consumer)).toBeUndefined()

    producer.reserve(10)
    for (let i = 0; i < 3; i++) write(producer, MAX_LENGTH)
    producer.reserve(10)
    expect(producer.reserve(MAX_LENGTH)).toBeGreaterThan(0)
    producer.publish()
    expect(producer.reserve(0)).toBe(-1)
    expect(() => producer.publish()).toThrow('expected a reserved record, got none')
  })

  test('fill the ring exactly', () => {
    const { producer, consumer } = openRing()
    for (let i = 0; i < 4; i++) expect(write(producer, MAX_LENGTH, i)).toBe(false)
    expect(write(producer, 0)).toBeUndefined()
    expect(read(consumer)?.[0]).toBe(0)
    expect(write(producer, MAX_LENGTH, 4)).toBe(false)
    expect(write(producer, 0)).toBeUndefined()
    for (let i = 1; i < 5; i++) expect(read(consumer)).toEqual(new Array(MAX_LENGTH).fill(i))

    for (let i = 0; i < CAPACITY / HEADER_LENGTH; i++) expect(write(producer, 0)).toBe(false)
    expect(write(producer, 0)).toBeUndefined()
    for (let i = 0; i < CAPACITY / HEADER_LENGTH; i++) expect(read(consumer)).toEqual([])
    expect(read(consumer)).toBeUndefined()
  })

  test('begin again at the start when the end is too short for one', () => {
    const { producer, consumer } = openRing()
    for (let i = 0; i < 4; i++) write(producer, MAX_LENGTH - 8, i)
    read(consumer)
    // 32 bytes are left at the end, 1016 at the start.
    expect(write(producer, MAX_LENGTH, 9)).toBeUndefined()
    expect(producer.reserve(MAX_LENGTH - 8)).toBe(HEADER_LENGTH)
    expect(producer.reserve(25)).toBe(HEADER_LENGTH)
    expect(producer.reserve(24)).toBe(CAPACITY - 24)
    expect(write(producer, MAX_LENGTH - 8, 8)).toBe(false)
    expect(write(producer, 0)).toBeUndefined()
    for (const value of [1, 2, 3, 8]) expect(read(consumer)).toEqual(new Array(MAX_LENGTH - 8).fill(value))
    expect(read(consumer)).toBeUndefined()
  })

  test.each([MAX_LENGTH + 1, -1, 1.5, NaN, Infinity])('have no length of %d', (length) => {
    const { producer } = openRing()
    expect(producer.maxRecordLength).toBe(MAX_LENGTH)
    expect(() => producer.reserve(length)).toThrow(RangeError)
    expect(() => producer.awaitRoom(length)).toThrow(RangeError)
    expect(() => producer.reserve(length)).toThrow(
      `length of a record: expected 0 to ${MAX_LENGTH} bytes, got ${length}`,
    )
  })

  test('cannot be published or released twice', () => {
    const { producer, consumer } = openRing()
    expect(() => producer.publish()).toThrow('expected a reserved record, got none')
    expect(() => consumer.release()).toThrow('expected a record that was peeked at, got none')
    write(producer, 1)
    expect(() => producer.publish()).toThrow('got none')
    read(consumer)
    expect(() => consumer.release()).toThrow('got none')
  })

  test('come through after the counters have wrapped around, twice', () => {
    const { producer, consumer } = openRing()
    const size = MAX_LENGTH + HEADER_LENGTH
    for (let total = 0; total < 2 * 2 ** 32 + 100 * size; total += size) {
      const offset = producer.reserve(MAX_LENGTH)
      producer.view.setFloat64(offset, total)
      producer.publish()
      const got = consumer.view.getFloat64(consumer.peek())
      consumer.release()
      if (got !== total) throw new Error(`record at ${total}: got ${got}`)
    }
    for (let i = 0; i < 4; i++) expect(write(producer, MAX_LENGTH)).toBe(false)
    expect(write(producer, 0)).toBeUndefined()
  })

  test('are found by a side that is made later', () => {
    const { memory, producer, consumer } = openRing()
    write(producer, 1, 1)
    write(producer, 2, 2)
    read(consumer)
    const laterConsumer = new RecordRing(memory)
    expect(read(laterConsumer)).toEqual([2, 2])
    const laterProducer = new RecordRing(memory)
    write(laterProducer, 3, 3)
    expect(read(laterConsumer)).toEqual([3, 3, 3])
  })
})

describe('a consumer that sleeps', () => {
  test('is told of by the first publish, and only by that', () => {
    const { producer, consumer } = openRing()
    expect(consumer.fallAsleep()).toBe(true)
    expect(write(producer, 1)).toBe(true)
    expect(write(producer, 1)).toBe(false)
    expect(consumer.fallAsleep()).toBe(false)
    while (read(consumer) !== undefined);
    expect(consumer.fallAsleep()).toBe(true)
    expect(write(producer, 1)).toBe(true)
  })

  test('does not sleep if a record came after it looked, and then nobody need wake it', () => {
    const { producer, consumer } = openRing()
    expect(consumer.peek()).toBe(-1)
    expect(write(producer, 1)).toBe(false)
    expect(consumer.fallAsleep()).toBe(false)
    expect(write(producer, 1)).toBe(false)
  })

  test('need not be woken once it is awake for another reason', () => {
    const { producer, consumer } = openRing()
    expect(consumer.fallAsleep()).toBe(true)
    consumer.wakeUp()
    expect(write(producer, 1)).toBe(false)
  })
})

describe('a producer that waits', () => {
  test('is told of by the release that makes enough room, and only by that', () => {
    const { producer, consumer } = openRing()
    const lengths = [100, 100, 100, MAX_LENGTH, MAX_LENGTH, MAX_LENGTH]
    for (const length of lengths) write(producer, length)
    expect(producer.reserve(MAX_LENGTH)).toBe(-1)
    expect(producer.awaitRoom(MAX_LENGTH)).toBe(true)
    // The end of the ring is too short for the record: it needs as much room at the start.
    const wakes = lengths.map(() => {
      consumer.peek()
      return consumer.release()
    })
    expect(wakes).toEqual([false, false, false, true, false, false])
  })

  test('does not wait if room was made after it looked, and then nobody need wake it', () => {
    const { producer, consumer } = openRing()
    for (let i = 0; i < 4; i++) write(producer, MAX_LENGTH)
    expect(producer.reserve(MAX_LENGTH)).toBe(-1)
    read(consumer)
    expect(producer.awaitRoom(MAX_LENGTH)).toBe(false)
    consumer.peek()
    expect(consumer.release()).toBe(false)
  })

  test('may wait again, for something else', () => {
    const { producer, consumer } = openRing()
    for (let i = 0; i < 8; i++) write(producer, MAX_LENGTH / 2 - 4)
    expect(producer.awaitRoom(10)).toBe(true)
    expect(producer.awaitRoom(MAX_LENGTH)).toBe(true)
    consumer.peek()
    expect(consumer.release()).toBe(false)
    consumer.peek()
    expect(consumer.release()).toBe(true)
  })

  test('is judged by what it has published since', () => {
    const { producer, consumer } = openRing()
    for (let i = 0; i < 2; i++) {
      write(producer, MAX_LENGTH)
      read(consumer)
    }
    for (let i = 0; i < 6; i++) write(producer, 504)
    write(producer, 0)
    expect(producer.awaitRoom(MAX_LENGTH)).toBe(true)
    consumer.peek()
    expect(write(producer, 504)).toBe(false)
    // That it fell short by 8 bytes was before it took 512 more.
    expect(consumer.release()).toBe(false)
    consumer.peek()
    expect(consumer.release()).toBe(true)
  })
})

interface Step {
  readonly kind: 'write' | 'read' | 'fallAsleep' | 'wakeUp' | 'awaitRoom' | 'attachProducer' | 'attachConsumer'
  readonly length: number
}

/** A queue, and by its own reckoning the bytes of the ring that each record takes. */
class RingModel {
  readonly records: { readonly length: number; readonly value: number; readonly takes: number }[] = []
  readonly capacity: number
  end = 0
  sleeps = false
  waitsFor: number | undefined

  constructor(capacity: number) {
    this.capacity = capacity
  }

  takes(length: number): number {
    const size = HEADER_LENGTH + Math.ceil(length / 8) * 8
    const left = this.capacity - this.end
    return size <= left ? size : left + size
  }

  fits(length: number): boolean {
    return this.records.reduce((sum, { takes }) => sum + takes, 0) + this.takes(length) <= this.capacity
  }
}

function runStep(
  { kind, length }: Step,
  value: number,
  model: RingModel,
  sides: { -readonly [K in keyof Sides]: Sides[K] },
): void {
  switch (kind) {
    case 'write': {
      const fits = model.fits(length)
      const sleeping = model.sleeps
      expect(write(sides.producer, length, value)).toBe(fits ? sleeping : undefined)
      if (!fits) return
      const takes = model.takes(length)
      model.end = (model.end + takes) % model.capacity
      model.records.push({ length, value, takes })
      model.sleeps = false
      return
    }
    case 'read': {
      const offset = sides.consumer.peek()
      const record = model.records.shift()
      expect(offset >= 0).toBe(record !== undefined)
      if (record === undefined) return
      expect(offset % 8).toBe(0)
      expect(sides.consumer.recordLength).toBe(record.length)
      const bytes = sides.consumer.bytes.subarray(offset, offset + record.length)
      expect(bytes.length).toBe(record.length)
      expect(bytes.every((byte) => byte === record.value)).toBe(true)
      const mustWake = model.waitsFor !== undefined && model.fits(model.waitsFor)
      expect(sides.consumer.release()).toBe(mustWake)
      if (mustWake) model.waitsFor = undefined
      return
    }
    case 'fallAsleep':
      model.sleeps = model.records.length === 0
      expect(sides.consumer.fallAsleep()).toBe(model.sleeps)
      return
    case 'wakeUp':
      model.sleeps = false
      sides.consumer.wakeUp()
      return
    case 'awaitRoom':
      model.waitsFor = model.fits(length) ? undefined : length
      expect(sides.producer.awaitRoom(length)).toBe(model.waitsFor !== undefined)
      return
    case 'attachProducer':
      sides.producer = new RecordRing(sides.memory)
      return
    case 'attachConsumer':
      sides.consumer = new RecordRing(sides.memory)
  }
}

test('whatever both sides do, the ring does as a queue with so much room would', () => {
  const anyLength = fc.oneof(
    fc.nat(MAX_LENGTH),
    fc.nat(40),
    fc.constantFrom(0, 1, 7, 8, 9, 248, 504, MAX_LENGTH - 8, MAX_LENGTH - 7, MAX_LENGTH),
  )
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('write', 'read') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('fallAsleep', 'wakeUp', 'awaitRoom', 'attachProducer', 'attachConsumer'),
      },
    ),
    length: anyLength,
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 150, size: 'max' }), fc.nat(3), (steps, firstWrites) => {
      const sides = openRing()
      const model = new RingModel(CAPACITY)
      const filling = Array.from({ length: firstWrites }, (): Step => ({ kind: 'write', length: MAX_LENGTH }))
      for (const [i, each] of [...filling, ...steps].entries()) runStep(each, (i + 1) & 255, model, sides)
    }),
    { numRuns: 500 },
  )
})
