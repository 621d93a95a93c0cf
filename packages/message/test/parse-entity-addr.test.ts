import { describe, expect, it } from 'vitest'
import { EntityAddr } from '../src/index.ts'
import { parseEntityAddrPrefix } from '../src/parse-entity-addr.ts'

// The table of Ceph's own test of this, from src/test/test_addrs.cc: text, what it prints as, what is left over.
const accepted = [
  ['127.0.0.1', 'v2:127.0.0.1:0/0', ''],
  ['127.0.0.1 foo', 'v2:127.0.0.1:0/0', ' foo'],
  ['127.0.0.1:1234 foo', 'v2:127.0.0.1:1234/0', ' foo'],
  ['127.0.0.1:1234/5678 foo', 'v2:127.0.0.1:1234/5678', ' foo'],
  ['2607:f298:4:2243::5522', 'v2:[2607:f298:4:2243::5522]:0/0', ''],
  ['[2607:f298:4:2243::5522]', 'v2:[2607:f298:4:2243::5522]:0/0', ''],
  ['[2607:f298:4:2243::5522]a', 'v2:[2607:f298:4:2243::5522]:0/0', 'a'],
  ['[2607:f298:4:2243::5522]:1234a', 'v2:[2607:f298:4:2243::5522]:1234/0', 'a'],
  ['2001:0db8:85a3:0000:0000:8a2e:0370:7334', 'v2:[2001:db8:85a3::8a2e:370:7334]:0/0', ''],
  ['::', 'v2:[::]:0/0', ''],
  ['::zz', 'v2:[::]:0/0', 'zz'],
  [':: 12:34', 'v2:[::]:0/0', ' 12:34'],
  ['-', '-', ''],
  ['-asdf', '-', 'asdf'],
  ['v1:1.2.3.4', 'v1:1.2.3.4:0/0', ''],
  ['v1:1.2.3.4:12', 'v1:1.2.3.4:12/0', ''],
  ['v1:1.2.3.4:12/34', 'v1:1.2.3.4:12/34', ''],
  ['v1:[::1]:12/34', 'v1:[::1]:12/34', ''],
  ['v2:1.2.3.4:12/34', 'v2:1.2.3.4:12/34', ''],
  ['v2:[::1]:12/34', 'v2:[::1]:12/34', ''],
  ['any:1.2.3.4:12/34', '1.2.3.4:12/34', ''],
  // And what that leaves open.
  ['[1.2.3.4]:5', 'v2:1.2.3.4:5/0', ''],
  ['1.2.3.4/9', 'v2:1.2.3.4:0/9', ''],
  ['1.2.3.4:', 'v2:1.2.3.4:0/0', ''],
  ['1.2.3.4:/x', 'v2:1.2.3.4:0/0', 'x'],
  ['1.2.3.4:65535/4294967295', 'v2:1.2.3.4:65535/4294967295', ''],
  ['1.2.3.4:1:2', 'v2:1.2.3.4:1/0', ':2'],
  ['1.2.3.4/1/2', 'v2:1.2.3.4:0/1', '/2'],
  ['::2:3:4', 'v2:[::2:3:4]:0/0', ''],
  ['::ffff:10.0.0.1', 'v2:[::ffff:10.0.0.1]:0/0', ''],
  ['v1:[::ffff:10.0.0.1]:5/6,', 'v1:[::ffff:10.0.0.1]:5/6', ','],
  ['::2:3:4.x', 'v2:[::2:3:4]:0/0', '.x'],
] as const

const refused = [
  '',
  ' 1.2.3.4',
  '1.2.3:4 a',
  '1.2.3.4.5',
  '2607:f298:4:2243::5522a',
  '[2607:f298:4:2243::5522',
  '[v2:1.2.3.4:111/0,v1:5.6.7.8:222/0]',
  '[]',
  'v1:',
  'v1:-',
  'v3:1.2.3.4',
  'V1:1.2.3.4',
  'foo',
  '1.2.3.4:65536',
  '1.2.3.4:1/4294967296',
] as const

describe('parseEntityAddrPrefix', () => {
  it.each(accepted)('reads %j as %s and leaves %j', (text, printed, rest) => {
    const parsed = parseEntityAddrPrefix(text, 'v2')
    expect(parsed?.rest).toBe(rest)
    expect(new EntityAddr(parsed!.fields).toString()).toBe(printed)
  })

  it.each(refused)('refuses %j', (text) => {
    expect(parseEntityAddrPrefix(text, 'v2')).toBeUndefined()
  })

  it('gives the default type to an address without a prefix, and to no other', () => {
    expect(parseEntityAddrPrefix('1.2.3.4', 'v1')?.fields.type).toBe('v1')
    expect(parseEntityAddrPrefix('v2:1.2.3.4', 'v1')?.fields.type).toBe('v2')
    expect(parseEntityAddrPrefix('-', 'v1')?.fields.type).toBe('none')
  })
})
