import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { nextTurn } from '@msgr-tooling/vitest-preset/until'
import { BufferList } from '@msgr/bufferlist'
import { EntityName } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MCarrier, tidsOf, told, toldWhenSent, type Control } from './carrier.ts'
import { openEnds, type Arrival, type ChannelEnd } from './channel-ends.ts'
import { congest, LARGEST_INLINE, progressOf, SLAB_FROM } from './channel-fillers.ts'
import { numbersBelow } from './parties.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const RECORDS_PER_TURN = 1024

type End = ChannelEnd<Control, Control>

/** All that is still to come, however often both have to go round for it. */
function drain(from: End, to: End): Arrival<Control>[] {
  const arrivals = to.take()
  while (from.channel.isCongested) {
    from.process()
    const more = to.take()
    if (more.length === 0) throw new Error('expected what waits to be written, as there is room')
    arrivals.push(...more)
  }
  return arrivals
}

/** How many are left when nobody holds what was made in the current job. */
async function aliveCount(refs: readonly WeakRef<object>[]): Promise<number> {
  await nextTurn()
  collectGarbage()
  return refs.filter((ref) => ref.deref() !== undefined).length
}

describe('whatever is sent', () => {
  const partLength = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 100 }),
    fc.integer({ min: SLAB_FROM - 2, max: SLAB_FROM + 2 }),
    fc.constant(70_000),
  )
  const lengths = fc.tuple(partLength, partLength, partLength)
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('message' as const), lengths, cutAt: fc.nat(5000) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('burst' as const), count: fc.integer({ min: 5, max: 25 }) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('control' as const, 'progress' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('read' as const, 'flush' as const) }) },
  )

  /** Fields as they come from a socket, and data in as many pieces as there are borders. */
  function arbitraryMessage(tid: number, [front, middle, data]: readonly number[], cutAt: number): MCarrier {
    const message = new MCarrier({ tid, front, middle, data })
    const flat = message.data.toContiguous()
    message.data = new BufferList(flat.subarray(0, cutAt)).append(flat.subarray(cutAt))
    message.priority = tid % 256
    message.seq = 2 ** 33 + tid
    message.compatVersion = tid % 2
    message.recvStampMs = tid + 0.5
    if (tid % 3 > 0) message.source = EntityName.osd(tid)
    return message
  }

  test('comes in order and as it was, whenever either end has its turn; only progress may be left out', () => {
    let congestedCount = 0
    let leftOutCount = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 50, size: 'max' }), (steps) => {
        const [near, far] = openEnds<Control, Control>()
        const { channel } = near
        const isCongested = (): boolean => channel.isCongested
        const sent: string[] = []
        const came: Arrival<Control>[] = []
        let flushes = 0
        const send = (message: MCarrier): void => {
          const handle = sent.length + 1
          sent.push(toldWhenSent(handle, message))
          channel.sendMessage(handle, message)
        }
        for (const taken of steps) {
          const wasCongested = isCongested()
          const number = sent.length
          if (taken.kind === 'message') send(arbitraryMessage(number, taken.lengths, taken.cutAt))
          else if (taken.kind === 'burst') {
            for (let i = 0; i < taken.count; i++)
              send(new MCarrier({ tid: number, middle: 4000, data: LARGEST_INLINE }))
          } else if (taken.kind === 'control') {
            sent.push(`3 control ${number}`)
            channel.sendControl(3, { number })
          } else if (taken.kind === 'progress') {
            const isSent = channel.sendProgress(9, progressOf(number))
            if (isSent) sent.push(`9 progress ${number}`)
            else leftOutCount++
            expect(isSent && wasCongested).toBe(false)
          } else if (taken.kind === 'read') came.push(...far.take())
          else {
            near.process()
            if (wasCongested && !isCongested()) flushes++
          }
          if (wasCongested && taken.kind !== 'flush') expect(isCongested()).toBe(true)
          expect(near.flushCount).toBe(flushes)
          if (isCongested()) congestedCount++
        }
        came.push(...drain(near, far))
        expect(came.map(told)).toEqual(sent)
        expect(far.arrivals).toEqual([])
      }),
      { numRuns: 40 },
    )
    // Otherwise this has not shown what it is here for.
    expect(congestedCount).toBeGreaterThan(0)
    expect(leftOutCount).toBeGreaterThan(0)
  })

  test('goes both ways at once, and neither way waits for the other', () => {
    const [near, far] = openEnds<Control, Control>()
    const count = congest(near, 3)
    far.channel.sendControl(1, { number: 1 })
    expect([near.channel.isCongested, far.channel.isCongested]).toEqual([true, false])
    expect(near.takeControls()).toEqual([{ number: 1 }])
    expect(tidsOf(drain(near, far))).toEqual(numbersBelow(count))
  })

  test('comes in turns of a limited number of records', () => {
    const [near, far] = openEnds<Control, Control>()
    for (let number = 0; number < RECORDS_PER_TURN + 1; number++) near.channel.sendControl(0, { number })
    expect(far.process()).toBe(true)
    expect(far.arrivals).toHaveLength(RECORDS_PER_TURN)
    expect(far.process()).toBe(false)
    expect(far.takeControls().at(-1)).toEqual({ number: RECORDS_PER_TURN })
  })

  test('is lost by a receiver that throws, and nothing else is', () => {
    const [near, far] = openEnds<Control, Control>()
    for (const number of numbersBelow(4)) near.channel.sendControl(0, { number })
    const keep = far.onControl.bind(far)
    far.onControl = (handle, control) => {
      if (control.number === 1) throw new Error('1 is unlucky')
      keep(handle, control)
    }
    expect(() => far.process()).toThrow('1 is unlucky')
    expect(far.takeControls().map(({ number }) => number)).toEqual([0, 2, 3])
  })
})

describe('a ring that is full', () => {
  test('makes all records wait, also one that it has room for, and says once when they are all written', () => {
    const [near, far] = openEnds<Control, Control>()
    const { channel } = near
    // As many that wait as fill the ring once more, and half.
    const count = congest(near) + 30
    for (let tid = count - 30; tid < count; tid++)
      channel.sendMessage(
        7,
        new MCarrier({ tid, data: 2 * LARGEST_INLINE, front: LARGEST_INLINE, middle: LARGEST_INLINE }),
      )
    channel.sendControl(7, { number: 1 })
    expect(channel.sendProgress(7, progressOf(1))).toBe(false)
    const arrivals = far.take()
    expect(near.flushCount).toBe(0)
    near.process()
    expect([channel.isCongested, near.flushCount]).toEqual([true, 0])
    expect(channel.sendProgress(7, progressOf(2))).toBe(false)
    arrivals.push(...far.take())
    near.process()
    expect([channel.isCongested, near.flushCount]).toEqual([false, 1])
    near.process()
    expect(near.flushCount).toBe(1)
    expect(channel.sendProgress(7, progressOf(3))).toBe(true)
    arrivals.push(...far.take())
    expect(tidsOf(arrivals.slice(0, -2))).toEqual(numbersBelow(count))
    expect(arrivals.slice(-2).map(told)).toEqual(['7 control 1', '7 progress 3'])
  })

  test('has no room for progress either, which is left out', () => {
    const [near, far] = openEnds<Control, Control>()
    let count = 0
    while (near.channel.sendProgress(7, progressOf(count))) count++
    expect(near.channel.isCongested).toBe(false)
    expect(far.take().map(told)).toEqual(numbersBelow(count).map((number) => `7 progress ${number}`))
    expect(near.channel.sendProgress(7, progressOf(count))).toBe(true)
  })

  test('lets a message be encoded anew, for somebody else, while it waits', () => {
    const [near, far] = openEnds<Control, Control>()
    const count = congest(near)
    const message = new MCarrier({ tid: count, data: 10, showsFeatures: true })
    message.source = EntityName.osd(1)
    const expected = toldWhenSent(8, message)
    near.channel.sendMessage(8, message)
    message.encode(2n)
    message.data = new BufferList()
    Object.assign(message, { tid: 1234n, priority: 255, version: 9, compatVersion: 9, seq: 99, recvStampMs: 7 })
    message.source = EntityName.osd(2)
    expect(toldWhenSent(8, message)).not.toBe(expected)
    expect(drain(near, far).map(told).at(-1)).toBe(expected)
  })

  test('lets a control be changed while it waits', () => {
    const [near, far] = openEnds<Control, Control>()
    const count = congest(near)
    const control = { number: 1, what: [1] }
    near.channel.sendControl(8, control)
    control.number = 2
    control.what.push(2)
    expect(drain(near, far)[count]).toEqual({ kind: 'control', handle: 8, control: { number: 1, what: [1] } })
  })

  test('keeps no message once it is written', async () => {
    const [near, far] = openEnds<Control, Control>()
    congest(near)
    const refs = numbersBelow(40).map((tid) => {
      const message = new MCarrier({ tid, data: 1000 })
      near.channel.sendMessage(7, message)
      return new WeakRef(message.data)
    })
    expect(await aliveCount(refs)).toBe(40)
    drain(near, far)
    expect(await aliveCount(refs)).toBe(0)
  })
})

describe('a control that cannot be cloned', () => {
  const impossible: Control = { number: 13, what: () => undefined }

  test.each([
    ['there is room', 0],
    ['others wait', 3],
  ])('is an error of whoever sends it when %s, and leaves no trace', (_, waitingCount) => {
    const [near, far] = openEnds<Control, Control>()
    const count = congest(near, waitingCount)
    near.channel.sendControl(1, { number: 1 })
    expect(() => near.channel.sendControl(1, impossible)).toThrow(expect.objectContaining({ name: 'DataCloneError' }))
    near.channel.sendMessage(1, new MCarrier({ tid: 2, data: 70_000 }))
    near.channel.sendControl(1, { number: 3 })
    const arrivals = drain(near, far)
    expect(tidsOf(arrivals.slice(0, count))).toEqual(numbersBelow(count))
    const [one, two, three, ...others] = arrivals.slice(count)
    expect([one, three].map((arrival) => arrival && told(arrival))).toEqual(['1 control 1', '1 control 3'])
    expect(tidsOf([two!])).toEqual([2])
    expect(others).toEqual([])
    expect(near.flushCount).toBe(waitingCount > 0 ? 1 : 0)
  })

  test('is an error when it is the first that finds no room', () => {
    const [near, far] = openEnds<Control, Control>()
    let sentCount = 0
    while (near.channel.sendProgress(7, progressOf(0))) sentCount++
    // Room for a progress is room for several controls.
    for (let number = 0; !near.channel.isCongested; number++) {
      expect(() => near.channel.sendControl(1, impossible)).toThrow(expect.objectContaining({ name: 'DataCloneError' }))
      expect(near.channel.isCongested).toBe(false)
      near.channel.sendControl(1, { number })
    }
    const numbers = drain(near, far).slice(sentCount)
    expect(numbers.map(told)).toEqual(numbers.map((_, number) => `1 control ${number}`))
  })
})

describe('a body', () => {
  test('in memory of the channel crosses without a copy, and a small one is copied', () => {
    const [near, far] = openEnds<Control, Control>()
    const shared = [SLAB_FROM, LARGEST_INLINE].map((length) => near.channel.takeMemory(length).fill(1))
    for (const bytes of shared) {
      const message = new MCarrier()
      message.data = new BufferList(bytes)
      near.channel.sendMessage(1, message)
    }
    const arrivals = far.take()
    for (const bytes of shared) bytes[0] = 2
    expect(firstBytes(arrivals)).toEqual([2, 1])
  })

  test('elsewhere is copied when it is sent, whatever its size', () => {
    const [near, far] = openEnds<Control, Control>()
    for (const length of [10, SLAB_FROM, 500_000]) {
      const bytes = new Uint8Array(length).fill(1)
      const message = new MCarrier()
      message.data = new BufferList(bytes)
      near.channel.sendMessage(1, message)
      bytes[0] = 2
    }
    expect(firstBytes(far.take())).toEqual([1, 1, 1])
  })

  function firstBytes(arrivals: readonly Arrival<Control>[]): (number | undefined)[] {
    return arrivals.map((arrival) => (arrival.kind === 'message' ? arrival.parts.data?.byteAt(0) : undefined))
  }

  test('is gone with who received it, but for the last few in slabs', async () => {
    const [near, far] = openEnds<Control, Control>()
    const refs: WeakRef<object>[] = []
    for (const tid of numbersBelow(12)) {
      const message = new MCarrier()
      message.data = new BufferList(near.channel.takeMemory(1024 * 1024))
      refs.push(new WeakRef(message.data.firstChunk!.buffer))
      near.channel.sendMessage(tid, message)
      for (const arrival of far.take()) {
        if (arrival.kind === 'message') refs.push(new WeakRef(arrival.parts.data!.firstChunk!.buffer))
      }
    }
    expect(refs).toHaveLength(24)
    // Each end remembers slabs of 8 MiB together.
    expect(await aliveCount(refs)).toBe(16)
  })
})
