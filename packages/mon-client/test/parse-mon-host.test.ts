import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMonHost } from '../src/parse-mon-host.ts'

function parse(text: string): readonly string[] {
  return parseMonHost(text).map((part) =>
    part.kind === 'addrs' ? part.addrs.toString() : `host ${part.type} ${part.host} ${part.port}`,
  )
}

test.each([
  ['10.0.0.1', ['10.0.0.1:0/0']],
  ['v1:10.0.0.1:6789', ['v1:10.0.0.1:6789/0']],
  ['10.0.0.1,10.0.0.2;10.0.0.3 10.0.0.4', ['10.0.0.1:0/0', '10.0.0.2:0/0', '10.0.0.3:0/0', '10.0.0.4:0/0']],
  [
    '[v2:10.0.0.1:3300,v1:10.0.0.1:6789],[v2:10.0.0.2:3300/0,v1:10.0.0.2:6789/0]',
    ['[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]', '[v2:10.0.0.2:3300/0,v1:10.0.0.2:6789/0]'],
  ],
  ['[fd00::1]:6789 v2:[fd00::2]:3300', ['[fd00::1]:6789/0', 'v2:[fd00::2]:3300/0']],
  ['fd00::1', ['[fd00::1]:0/0']],
  ['mon-a.example.com', ['host any mon-a.example.com 0']],
  ['v1:mon-a:6789, mon_b.', ['host v1 mon-a 6789', 'host any mon_b. 0']],
  ['a,10.0.0.1', ['host any a 0', '10.0.0.1:0/0']],
  [' , ', []],
])('%s', (text, parts) => {
  expect(parse(text)).toEqual(parts)
})

describe('what is neither an address nor a name is refused', () => {
  test.each(['10.0.0.256', '0.0.0.0', '[v2:10.0.0.1', 'a:b', 'a:99999', '10.0.0.1:6789x', '-', '*', 'a,!'])(
    '%s',
    (text) => {
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'ERR_MSGR_MON_ADDRESS' }))
    },
  )
})

test('any text is read or refused, and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('[]:,;/ v12a.-')), maxLength: 20 }), (text) => {
      try {
        parse(text)
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_MSGR_MON_ADDRESS' })
      }
    }),
  )
})
