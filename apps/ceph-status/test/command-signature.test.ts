import { describe, expect, test } from 'vitest'
import { formatSignature, parseSignatures, type CommandSignature } from '../src/command-signature.ts'
import { goldenSignatures } from './golden-signatures.ts'

const signatures = goldenSignatures()

function signatureOf(prefix: string): CommandSignature {
  const found = signatures.find((signature) => signature.prefix === prefix)
  if (found === undefined) throw new Error(`no signature of ${prefix}`)
  return found
}

test('words and arguments are read as Ceph describes them', () => {
  expect(signatureOf('osd reweight')).toEqual({
    prefix: 'osd reweight',
    parts: [
      'osd',
      'reweight',
      {
        name: 'id',
        type: 'CephOsdName',
        isRequired: true,
        isRepeated: false,
        choices: undefined,
        range: [undefined, undefined],
      },
      {
        name: 'weight',
        type: 'CephFloat',
        isRequired: true,
        isRepeated: false,
        choices: undefined,
        range: [0, 1],
      },
    ],
    help: 'reweight osd to 0.0 < <weight> < 1.0',
    isForManager: false,
  })
})

test('commands for managers are known', () => {
  expect(signatures.filter(({ isForManager }) => isForManager).map(({ prefix }) => prefix)).toContain('pg dump')
  expect(signatureOf('osd dump').isForManager).toBe(false)
})

test.each([
  ['status', 'status'],
  ['osd pool ls', 'osd pool ls [detail]'],
  ['osd down', 'osd down IDS... [--definitely-dead]'],
  ['pg dump', 'pg dump [all|summary|sum|delta|pools|osds|pgs|pgs_brief...]'],
])('%s is shown as %s', (prefix, shown) => {
  expect(formatSignature(signatureOf(prefix))).toBe(shown)
})

test('what is not said has its default', () => {
  const [signature] = parseSignatures('{"cmd000":{"sig":["a",{"name":"b"},{"name":"c","req":"False","range":"1"}]}}')
  expect(signature).toEqual({
    prefix: 'a',
    parts: [
      'a',
      {
        name: 'b',
        type: 'CephString',
        isRequired: true,
        isRepeated: false,
        choices: undefined,
        range: [undefined, undefined],
      },
      {
        name: 'c',
        type: 'CephString',
        isRequired: false,
        isRepeated: false,
        choices: undefined,
        range: [1, undefined],
      },
    ],
    help: '',
    isForManager: false,
  })
})

test('commands that are no more are left out', () => {
  expect(
    parseSignatures('{"a":{"sig":["a"],"flags":2},"b":{"sig":["b"],"flags":10},"c":{"sig":["c"],"flags":12}}'),
  ).toEqual([{ prefix: 'c', parts: ['c'], help: '', isForManager: true }])
})

describe('what is no description is refused', () => {
  test.each(['', '[]', '{"a":1}', '{"a":{"sig":1}}', '{"a":{"sig":[1]}}', '{"a":{"sig":[{"type":"x"}]}}'])(
    '%s',
    (text) => {
      expect(() => parseSignatures(text)).toThrow(expect.objectContaining({ code: 'ERR_CEPH_STATUS_DESCRIPTIONS' }))
    },
  )
})
