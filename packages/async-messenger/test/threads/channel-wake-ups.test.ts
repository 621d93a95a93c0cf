import { describe, expect, test } from 'vitest'
import { MCarrier, type Control } from './carrier.ts'
import { openEnds } from './channel-ends.ts'
import { congest, progressOf } from './channel-fillers.ts'
import { numbersBelow } from './parties.ts'

describe('a wake-up', () => {
  test('is for an end that sleeps, once', () => {
    const [near, far] = openEnds<Control, Control>()
    near.channel.sendControl(0, { number: 0 })
    expect(near.wakeCount).toBe(0)
    expect(far.channel.fallAsleep()).toBe(false)
    far.take()
    near.channel.announce()
    expect(near.wakeCount).toBe(0)
    expect(far.channel.fallAsleep()).toBe(true)
    near.channel.sendMessage(0, new MCarrier())
    near.channel.sendControl(0, { number: 1 })
    expect(near.channel.sendProgress(0, progressOf(1))).toBe(true)
    expect([near.wakeCount, near.turnCount]).toEqual([0, 1])
    near.channel.announce()
    near.channel.announce()
    near.channel.sendControl(0, { number: 2 })
    near.channel.announce()
    expect(near.wakeCount).toBe(1)
    expect(far.take()).toHaveLength(4)
    expect(far.channel.fallAsleep()).toBe(true)
    expect(near.channel.sendProgress(0, progressOf(2))).toBe(true)
    near.channel.announce()
    expect([near.wakeCount, near.turnCount]).toEqual([2, 2])
    expect(far.wakeCount).toBe(0)
  })

  test('does not wait for the end of the turn when eight records are there', () => {
    const [near, far] = openEnds<Control, Control>()
    expect(far.channel.fallAsleep()).toBe(true)
    for (const number of numbersBelow(7)) near.channel.sendControl(0, { number })
    expect(near.wakeCount).toBe(0)
    for (const number of numbersBelow(20)) near.channel.sendControl(0, { number })
    expect([near.wakeCount, near.turnCount]).toEqual([1, 1])
  })

  test('comes before the channel is closed', () => {
    const [near, far] = openEnds<Control, Control>()
    expect(far.channel.fallAsleep()).toBe(true)
    near.channel.sendControl(0, { number: 0 })
    near.channel.close()
    expect(near.wakeCount).toBe(1)
  })

  test('is not for one that is awake for another reason', () => {
    const [near, far] = openEnds<Control, Control>()
    expect(far.channel.fallAsleep()).toBe(true)
    far.channel.wakeUp()
    near.channel.sendControl(0, { number: 0 })
    expect(near.wakeCount).toBe(0)
    expect(far.takeControls()).toEqual([{ number: 0 }])
  })

  test('comes when there is room for what waits, once, and when what waited is written', () => {
    const [near, far] = openEnds<Control, Control>()
    congest(near, 2)
    expect(near.channel.fallAsleep()).toBe(true)
    expect(far.wakeCount).toBe(0)
    far.take()
    expect(far.wakeCount).toBe(1)
    expect(far.channel.fallAsleep()).toBe(true)
    near.process()
    near.channel.announce()
    expect([near.channel.isCongested, near.wakeCount]).toEqual([false, 1])
    far.take()
    expect(far.wakeCount).toBe(1)
  })
})
