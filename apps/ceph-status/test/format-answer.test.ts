import { MonCommandResult } from '@msgr/mon-client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAnswer, type OutputFormat } from '../src/format-answer.ts'

function format(output: string | Uint8Array, as: OutputFormat, status = ''): readonly [string, string] {
  const bytes = typeof output === 'string' ? new TextEncoder().encode(output) : output
  const { stdout, stderr } = formatAnswer(new MonCommandResult({ result: 0, status, output: bytes, version: 0 }), as)
  return [Buffer.from(stdout).toString('latin1'), stderr]
}

describe('plain', () => {
  test('gives the output as it is, with an end of line, and the status apart', () => {
    expect(format('a\n', 'plain')).toEqual(['a\n', ''])
    expect(format('a', 'plain', 'done')).toEqual(['a\n', 'done\n'])
    expect(format('', 'plain', 'noout is set')).toEqual(['', 'noout is set\n'])
  })

  test('leaves bytes that are no text as they are', () => {
    expect(format(new Uint8Array([0xff, 0xfe]), 'plain')).toEqual(['\xff\xfe', ''])
    expect(format('a\0b', 'plain')).toEqual(['a\0b', ''])
  })
})

describe('JSON', () => {
  test('is one line, with numbers as they were written', () => {
    const text = '\n{ "a": [1,\n 4540138314316775423, 1.50],\t"b c": "d \\" e\\n" }\n'
    expect(format(text, 'json', 'x')).toEqual(['{"a":[1,4540138314316775423,1.50],"b c":"d \\" e\\n"}\n', ''])
  })

  test('holds all there is if the output is none', () => {
    expect(format('', 'json', 'noout is set')).toEqual(['{"result":0,"status":"noout is set","output":""}\n', ''])
    expect(format('a\nb', 'json')).toEqual(['{"result":0,"status":"","output":"a\\nb"}\n', ''])
  })

  test('means the same in one line, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
        const [line] = format(Buffer.from(JSON.stringify(value, undefined, indent)), 'json')
        expect(line.indexOf('\n')).toBe(line.length - 1)
        expect(JSON.parse(Buffer.from(line, 'latin1').toString())).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
