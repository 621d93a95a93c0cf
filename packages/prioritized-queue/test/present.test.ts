import { expect, test } from 'vitest'
import { present } from '../src/present.ts'

test('what is there is given back, and what is missing is an impossible state', () => {
  expect([present(0), present(''), present(null)]).toEqual([0, '', null])
  expect(() => present(undefined)).toThrow('impossible state')
})
