import { describe, expect, test } from 'vitest'
import { isAtLeast, nodeProblem, parseVersion } from '../src/node-version.mjs'

describe('parseVersion', () => {
  test.each([
    ['v20.19.1', [20, 19, 1]],
    ['20.19', [20, 19, 0]],
    ['26', [26, 0, 0]],
    ['v23.0.0-nightly2026', [23, 0, 0]],
  ])('%s is %j', (text, expected) => {
    expect(parseVersion(text)).toEqual(expected)
  })

  test('refuses what has no number', () => {
    expect(() => parseVersion('lts')).toThrow('expected a version such as 20.19.0, got "lts"')
  })
})

test.each([
  ['20.19.0', '20.19', true],
  ['20.19.7', '20.19.8', false],
  ['20.19.8', '20.19.8', true],
  ['20.18.9', '20.19', false],
  ['18.99.99', '20.19', false],
  ['22.0.0', '20.19', true],
  ['9.0.0', '10.0.0', false],
])('%s is at least %s: %s', (version, floor, expected) => {
  expect(isAtLeast(version, floor)).toBe(expected)
})

describe('nodeProblem', () => {
  test('is nothing for the floor itself and for newer', () => {
    expect(nodeProblem('v20.19.0', '>=20.19')).toBeUndefined()
    expect(nodeProblem('v26.10.0', '>=20.19')).toBeUndefined()
  })

  test('is one sentence with both versions for an older Node', () => {
    expect(nodeProblem('v18.20.4', '>=20.19')).toBe(
      'msgr needs Node 20.19 or newer and this is Node 18.20.4: install a current one from https://nodejs.org, then run the same command again.',
    )
  })

  test('refuses a range that it would misread', () => {
    expect(() => nodeProblem('v20.19.0', '^20.19 || >=22')).toThrow('expected engines.node of the form >=20.19')
  })
})
