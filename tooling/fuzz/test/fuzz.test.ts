import { expect, test } from 'vitest'
import { jobsFor, reportOf } from '../src/fuzz.ts'
import type { LaneResult } from '../src/lane-message.ts'
import { renderReport, sumLanes } from '../src/report.ts'

test('the inputs are shared evenly, in the same lanes whatever the number of threads', () => {
  const options = { targets: ['a', 'b'], inputs: 1000, seconds: Infinity, seed: 4 }
  const jobs = jobsFor(options, 2)
  expect(jobs.map(({ target, lane }) => `${target}${lane}`).join(' ')).toBe('a0 b0 a1 b1 a2 b2 a3 b3')
  expect(jobs.every(({ maxInputs, seed }) => maxInputs === 125 && seed === 4)).toBe(true)
  expect(jobsFor(options, 16)).toEqual(jobs)
})

test('the time is shared evenly among the lanes, by as many threads as there are', () => {
  const options = { targets: ['a', 'b'], inputs: Infinity, seconds: 20, seed: 1 }
  expect(jobsFor(options, 2).map(({ maxSeconds }) => maxSeconds)).toEqual(new Array<number>(8).fill(5))
  expect(jobsFor(options, 64).map(({ maxSeconds }) => maxSeconds)).toEqual(new Array<number>(8).fill(20))
})

function result(inputs: number, signatures: readonly number[], maxAllocatedBytes: number): LaneResult {
  const job = { target: 'a', lane: 0, seed: 1, maxInputs: 1, maxSeconds: 1 }
  return { job, figures: { inputs, signatures: signatures.length, maxAllocatedBytes }, signatures, seconds: 2 }
}

test('lanes add up: ways that two of them found count once', () => {
  expect(sumLanes([result(100, [1, 2], 5000), result(300, [2, 3], 4000)])).toEqual({
    inputs: 400,
    signatures: 3,
    maxAllocatedBytes: 5000,
    inputsPerSecond: 100,
  })
})

test('the report has all there is to know, for programs and for people', () => {
  const figures = { inputs: 400, signatures: 3, maxAllocatedBytes: 5000, inputsPerSecond: 100 }
  const shim = { inputs: 600, signatures: 9, inputsPerSecond: 5000 }
  const report = reportOf({ frames: figures, shim }, { findings: 1, seed: 7, seconds: 2.5 })
  expect(report).toEqual({ inputs: 1000, findings: 1, seed: 7, seconds: 2.5, targets: { frames: figures, shim } })
  expect(renderReport(report)).toBe(
    [
      'frames            400 inputs, 3 ways, at most 5 KiB for one, 100/s',
      'shim              600 inputs, 9 ways, 5000/s',
      '1000 inputs in 2.5 s, seed 7: 1 findings',
    ].join('\n'),
  )
})
