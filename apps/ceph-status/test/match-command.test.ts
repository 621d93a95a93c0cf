import { MonFloat } from '@msgr/mon-client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSignatures } from '../src/command-signature.ts'
import { matchCommand } from '../src/match-command.ts'
import { goldenSignatures } from './golden-signatures.ts'

const signatures = goldenSignatures()

function match(line: string): unknown {
  return matchCommand(line.split(' '), signatures).command
}

test.each([
  ['status', { prefix: 'status' }],
  ['osd pool ls', { prefix: 'osd pool ls' }],
  ['osd pool ls detail', { prefix: 'osd pool ls', detail: 'detail' }],
  ['osd dump 7', { prefix: 'osd dump', epoch: 7 }],
  ['osd reweight osd.1 0.5', { prefix: 'osd reweight', id: 1, weight: new MonFloat(0.5) }],
  ['osd down 1 osd.2 3', { prefix: 'osd down', ids: ['1', 'osd.2', '3'] }],
  ['osd down 1 --definitely-dead', { prefix: 'osd down', ids: ['1'], definitely_dead: true }],
  ['pg dump pools osds', { prefix: 'pg dump', dumpcontents: ['pools', 'osds'] }],
  [
    'auth get-or-create client.x mon allow',
    { prefix: 'auth get-or-create', entity: 'client.x', caps: ['mon', 'allow'] },
  ],
])('%s', (line, args) => {
  expect(match(line)).toEqual(args)
})

test.each([
  'osd pool create data 32 --pool-type erasure --bulk',
  'osd pool create data --pg_num 32 --pool_type=erasure --bulk=true',
  'osd pool create --bulk pool=data pg_num=32 pool-type=erasure',
])('arguments may be named: %s', (line) => {
  expect(match(line)).toEqual({ prefix: 'osd pool create', pool: 'data', pg_num: 32, pool_type: 'erasure', bulk: true })
})

test('a word with an equals sign that names no argument is a value', () => {
  expect(match('config set client a=b c=d')).toEqual({ prefix: 'config set', who: 'client', name: 'a=b', value: 'c=d' })
})

test('a flag is never taken for a value', () => {
  expect(match('osd pool rm a a --yes-i-really-really-mean-it')).toMatchObject({
    pool: 'a',
    pool2: 'a',
    yes_i_really_really_mean_it: true,
  })
})

test('a named argument that may be repeated gathers its values', () => {
  expect(match('osd down --ids 1 --ids=2')).toEqual({ prefix: 'osd down', ids: ['1', '2'] })
})

test('of two commands that begin alike the one with more words is meant', () => {
  const two = parseSignatures(
    '{"a":{"sig":["osd","pool",{"name":"x"}]},"b":{"sig":["osd","pool","ls"]},"c":{"sig":["osd","pool",{"name":"y"},"now"]}}',
  )
  expect(matchCommand(['osd', 'pool', 'ls'], two).command).toEqual({ prefix: 'osd pool ls' })
  expect(matchCommand(['osd', 'pool', 'z'], two).command).toEqual({ prefix: 'osd pool', x: 'z' })
  expect(matchCommand(['osd', 'pool', 'z', 'now'], two).command).toEqual({ prefix: 'osd pool now', y: 'z' })
})

describe('JSON', () => {
  test('is a command as it stands', () => {
    const text = '{"prefix":"x", "weight": 1.0}'
    expect(matchCommand([text], signatures)).toEqual({ command: text, signature: undefined })
  })

  test.each(['{', '{"a":1}', '{"prefix":1}'])('%s is refused', (text) => {
    expect(() => matchCommand([text], signatures)).toThrow(expect.objectContaining({ code: 'ERR_CEPH_STATUS_USAGE' }))
  })
})

describe('what is no command is refused, with what there is', () => {
  test.each([
    ['make coffee', /^expected a command of the monitors, got "make coffee"$/],
    ['pg nonsense', /got "pg nonsense"; there are\n {2}pg dump .*\n {2}pg map PGID$/],
    ['osd nonsense', /; there are\n( {2}osd .*\n){8} {2}and \d+ more$/],
    ['osd reweight 1', /^weight: expected a value, got none; expected\n {2}osd reweight ID WEIGHT$/],
    ['osd reweight 1 2', /^weight: expected a number from 0 up to 1, got "2"; expected/],
    ['osd pool ls detail more', /^expected the end of the command, got "more"; expected/],
    ['osd pool ls --more', /^expected an argument of the command, got "--more"; expected/],
    ['osd pool create data --pg-num', /^pg_num: expected a value, got none; expected/],
  ])('%s', (line, message) => {
    expect(() => match(line)).toThrow(message)
    expect(() => match(line)).toThrow(expect.objectContaining({ code: 'ERR_CEPH_STATUS_USAGE' }))
  })
})

test('any words are a command or refused, and nothing else', () => {
  const word = fc.constantFrom(
    'osd',
    'pool',
    'ls',
    'create',
    'detail',
    '--bulk',
    '--size',
    'size=3',
    '7',
    '',
    '{',
    '-1',
    '=',
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      try {
        matchCommand(words, signatures)
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_CEPH_STATUS_USAGE' })
      }
    }),
  )
})
