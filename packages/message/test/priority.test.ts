import { expect, it } from 'vitest'
import { Priority } from '../src/index.ts'

it('has the priorities that Ceph has names for', () => {
  expect(Priority).toEqual({ low: 64, default: 127, high: 196, highest: 255 })
})
