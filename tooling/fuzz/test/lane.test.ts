import { expect, test } from 'vitest'
import { Lane } from '../src/lane.ts'
import { toyTarget } from './toy-target.ts'

const KEPT = Uint8Array.of(1, 1)
const SEED = Uint8Array.of(2, 2, 2)

/** The inputs that a lane of a target that signs nothing new runs. */
function inputsOf(seed: number, count: number): string[] {
  const inputs: string[] = []
  new Lane(
    toyTarget(() => 0, [SEED]),
    [KEPT],
    seed,
  ).run(count, (bytes) => inputs.push(Buffer.from(bytes).toString('hex')))
  return inputs
}

test('the kept inputs come first, then the seeds, then others', () => {
  const inputs = inputsOf(1, 50)
  expect(inputs.slice(0, 2)).toEqual(['0101', '020202'])
  expect(new Set(inputs).size).toBeGreaterThan(20)
})

test('a seed gives the same inputs each time, in parts or at once', () => {
  const inputs = inputsOf(5, 300)
  expect(inputsOf(5, 300)).toEqual(inputs)
  expect(inputsOf(6, 300)).not.toEqual(inputs)
  const lane = new Lane(
    toyTarget(() => 0, [SEED]),
    [KEPT],
    5,
  )
  const parts: string[] = []
  for (let i = 0; i < 30; i++) lane.run(10, (bytes) => parts.push(Buffer.from(bytes).toString('hex')))
  expect(parts).toEqual(inputs)
})

// Each check has to be passed before the next one can be seen: chance alone would need some sixteen million inputs.
test('an input that leads another way is built upon', () => {
  const chain = [0xa1, 0x5e, 0x33]
  const target = toyTarget((bytes) => {
    const passed = chain.findIndex((byte, i) => bytes[i] !== byte)
    if (passed === -1) throw new Error('through')
    return passed
  })
  expect(new Lane(target, [], 3).run(400_000)?.error.message).toBe('through')
})

test('it stops at an input that fails, and goes on behind it', () => {
  const target = toyTarget(
    (bytes) => {
      if (bytes.length === 3 && bytes[0] === 2) throw new Error('bad')
      return bytes.length
    },
    [SEED],
  )
  const lane = new Lane(target, [KEPT], 1)
  expect(lane.run(100)).toMatchObject({ bytes: SEED, error: { message: 'bad' } })
  expect(lane.figures).toMatchObject({ inputs: 2, signatures: 1 })
  lane.run(5)
  expect(lane.figures.inputs).toBeGreaterThan(2)
})

test('an input that leads another way than all before is judged with care', () => {
  let runs = 0
  const target = toyTarget(
    (bytes) => {
      runs++
      // What nobody keeps may be collected before it can be counted.
      return bytes.length === 3 ? Array.from({ length: 400 }, () => new Uint8Array(100_000)).length : 0
    },
    [SEED],
  )
  expect(new Lane(target, [KEPT], 1).run(2)).toMatchObject({ bytes: SEED, error: { code: 'ERR_FUZZ_ALLOCATION' } })
  runs = 0
  new Lane(target, [KEPT, KEPT, KEPT], 1).run(3)
  expect(runs).toBe(4)
})

test('most mutants are repaired, and some are not', () => {
  const repaired: boolean[] = []
  const target = {
    ...toyTarget((bytes) => {
      repaired.push(bytes.includes(0xfe))
      return 0
    }),
    repair: (bytes: Uint8Array) => bytes.fill(0xfe),
  }
  new Lane(target, [new Uint8Array(8).fill(1)], 2).run(500)
  const count = repaired.filter((is) => is).length
  expect(count).toBeGreaterThan(250)
  expect(count).toBeLessThan(450)
})
