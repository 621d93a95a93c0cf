import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeOptionName, parseCephConf } from '../src/parse-ceph-conf.ts'

function parse(text: string): unknown {
  const sections = parseCephConf(text, 'ceph.conf')
  return Object.fromEntries([...sections].map(([name, settings]) => [name, Object.fromEntries(settings)]))
}

test('names of options are the same with spaces, underscores and dashes', () => {
  expect(parse('[global]\nmon host = a\n mon_initial-members  =b\nauth  client\trequired=c\n')).toEqual({
    global: { mon_host: 'a', mon_initial_members: 'b', auth_client_required: 'c' },
  })
  expect(normalizeOptionName(' mon-host ')).toBe('mon_host')
})

test('comments begin with # or ;, anywhere but in quotes and behind a backslash', () => {
  const text = [
    '# one',
    '  ; two',
    '[client] # three',
    'a = 1 ; four',
    'b = 2# five',
    'c = \\#6 \\; seven',
    'd = "8 # ; "  # eight',
    "e = '9;'",
  ]
  expect(parse(text.join('\n'))).toEqual({ client: { a: '1', b: '2', c: '#6 ; seven', d: '8 # ; ', e: '9;' } })
})

test('a backslash at the end of a line joins it with the next', () => {
  expect(parse('[global]\nmon_host = 10.0.0.1, \\\n  10.0.0.2\nkey = a\\\\\nlast = b \\')).toEqual({
    global: { mon_host: '10.0.0.1,   10.0.0.2', key: 'a\\', last: 'b' },
  })
})

test('what comes before the first section is of [global]; sections that come again add to the first', () => {
  expect(parse('a = 1\n[mon]\nb = 2\n[global]\na = 3\nc = 4\n[mon]\nd = 5')).toEqual({
    global: { a: '3', c: '4' },
    mon: { b: '2', d: '5' },
  })
})

test('values may be empty, or hold equals signs and quotes of the other kind', () => {
  expect(parse('[global]\na =\nb = c=d\ne = "it\'s"\nf = "a\\"b"')).toEqual({
    global: { a: '', b: 'c=d', e: "it's", f: 'a"b' },
  })
})

test('line ends of any kind, a byte order mark and an empty section are fine', () => {
  expect(parse('\ufeff[a]\r\nb = 1\r\n[c]\rd = 2')).toEqual({ a: { b: '1' }, c: { d: '2' } })
})

describe('what makes no sense is told with its line', () => {
  test.each([
    ['[global\na = 1', /^ceph.conf:1: expected a section/],
    ['[global] x\na = 1', /^ceph.conf:1: expected a section/],
    ['[global]\n\nmon host', /^ceph.conf:3: expected a section, or NAME = VALUE/],
    ['[global]\n= 1', /^ceph.conf:2: expected a section, or NAME = VALUE/],
    ['[global]\na = \\\n\\\n"b', /^ceph.conf:2: expected " at the end of the value/],
    ["[global]\na = 'b' c", /^ceph.conf:2: expected the end of the line after '/],
  ])('%j', (text, message) => {
    expect(() => parse(text)).toThrow(message)
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'ERR_MSGR_CEPH_CONF' }))
  })
})

test('any value in quotes is read back', () => {
  const value = fc.string({ maxLength: 30 }).filter((text) => !/[\r\n]/.test(text))
  fc.assert(
    fc.property(value, (text) => {
      const quoted = `"${text.replace(/["\\]/g, '\\$&')}"`
      expect(parse(`[global]\na = ${quoted}\n`)).toEqual({ global: { a: text } })
    }),
  )
})

test('any text is read or refused, and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('[]=#;\\"\' \nab')), maxLength: 40 }), (text) => {
      try {
        parse(text)
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_MSGR_CEPH_CONF' })
      }
    }),
  )
})
