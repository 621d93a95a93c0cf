import { MonFloat } from '@msgr/mon-client'
import { describe, expect, test } from 'vitest'
import { type CommandParameter } from '../src/command-signature.ts'
import { convertArgument } from '../src/convert-argument.ts'

function parameter(type: string, more: Partial<CommandParameter> = {}): CommandParameter {
  return {
    name: 'x',
    type,
    isRequired: true,
    isRepeated: false,
    choices: undefined,
    range: [undefined, undefined],
    ...more,
  }
}

test.each([
  ['CephInt', '-7', -7],
  ['CephInt', '18446744073709551615', 18446744073709551615n],
  ['CephFloat', '.5', new MonFloat(0.5)],
  ['CephFloat', '1', new MonFloat(1)],
  ['CephFloat', '1e3', new MonFloat(1000)],
  ['CephOsdName', 'osd.3', 3],
  ['CephOsdName', '3', 3],
  ['CephOsdName', 'all', 'all'],
  ['CephBool', 'Yes', true],
  ['CephBool', '0', false],
  ['CephPgid', '1.2f', '1.2f'],
  ['CephUUID', '11111111-2222-3333-4444-555555555555', '11111111-2222-3333-4444-555555555555'],
  ['CephPoolname', 'my pool', 'my pool'],
  ['CephSomethingNew', 'x=y', 'x=y'],
])('%s: %s is %o', (type, word, value) => {
  expect(convertArgument(parameter(type), word)).toEqual(value)
})

describe('what makes no sense is refused', () => {
  test.each([
    [parameter('CephInt'), '1.5', 'x: expected an integer, got "1.5"'],
    [parameter('CephInt', { range: [0, 20] }), '21', 'x: expected an integer from 0 up to 20, got "21"'],
    [parameter('CephInt', { range: [0, undefined] }), '-1', 'x: expected an integer from 0, got "-1"'],
    [parameter('CephFloat'), '1e999', 'x: expected a number, got "1e999"'],
    [parameter('CephFloat'), 'half', 'x: expected a number, got "half"'],
    [parameter('CephOsdName'), 'mon.a', 'x: expected an OSD such as osd.3, got "mon.a"'],
    [parameter('CephBool'), 'perhaps', 'x: expected true or false, got "perhaps"'],
    [parameter('CephChoices', { choices: ['a', 'b'] }), 'c', 'x: expected one of a, b, got "c"'],
    [parameter('CephPgid'), '1', 'x: expected a PG such as 1.2f, got "1"'],
    [parameter('CephUUID'), '1', 'x: expected a uuid, got "1"'],
  ])('%o %s', (wanted, word, message) => {
    expect(() => convertArgument(wanted, word)).toThrow(
      expect.objectContaining({ code: 'ERR_CEPH_STATUS_USAGE', message }),
    )
  })
})
