import { describe, expect, test } from 'vitest'
import { readSignatures } from '../src/command-signature.ts'
import { CommandWordsError } from '../src/errors.ts'
import { matchCommand } from '../src/match-command.ts'

// As a monitor of 16.2.15 describes them.
const SIGNATURES = readSignatures({
  cmd001: { sig: ['status'], help: 'show cluster status', module: 'mon', perm: 'r', flags: 0 },
  cmd002: { sig: ['osd', 'dump', { name: 'epoch', req: 'false', type: 'CephInt' }], help: 'print osdmap', flags: 0 },
  cmd003: {
    sig: ['osd', 'pool', 'ls', { name: 'detail', req: 'false', strings: 'detail', type: 'CephChoices' }],
    help: 'list pools',
    flags: 0,
  },
  cmd004: {
    sig: ['osd', 'out', { n: 'N', name: 'ids', type: 'CephString' }],
    help: 'set osd(s) out',
    flags: 0,
  },
  cmd005: {
    sig: [
      ...['osd', 'reweight'],
      { name: 'id', type: 'CephOsdName' },
      { name: 'weight', range: '0.0|1.0', type: 'CephFloat' },
      { name: 'force', req: 'false', type: 'CephBool' },
    ],
    help: 'reweight osd',
    flags: 0,
  },
  cmd006: {
    sig: ['pg', 'dump', { n: 'N', name: 'dumpcontents', req: 'false', type: 'CephString' }],
    help: '',
    flags: 8,
  },
  cmd007: { sig: ['osd', { name: 'what', type: 'CephString' }], help: 'anything else', flags: 0 },
})

const commandOf = (text: string): object => matchCommand(SIGNATURES, text.split(' ')).command
const complaintOf = (text: string): unknown => {
  try {
    return commandOf(text)
  } catch (error) {
    return error instanceof CommandWordsError ? error.message : error
  }
}

describe('words are a command', () => {
  test.each([
    ['status', { prefix: 'status' }],
    ['osd dump', { prefix: 'osd dump' }],
    ['osd dump 7', { prefix: 'osd dump', epoch: 7 }],
    ['osd dump epoch=7', { prefix: 'osd dump', epoch: 7 }],
    ['osd pool ls detail', { prefix: 'osd pool ls', detail: 'detail' }],
    ['osd out 1 2 3', { prefix: 'osd out', ids: ['1', '2', '3'] }],
    ['osd out ids=1', { prefix: 'osd out', ids: ['1'] }],
    ['osd reweight weight=0.5 osd.1', { prefix: 'osd reweight', id: 'osd.1', weight: 0.5 }],
    ['osd reweight osd.1 0.5 true', { prefix: 'osd reweight', id: 'osd.1', weight: 0.5, force: true }],
    ['osd reweight osd.1 0.5 force=no', { prefix: 'osd reweight', id: 'osd.1', weight: 0.5, force: false }],
    ['osd something', { prefix: 'osd', what: 'something' }],
    ['osd some=thing', { prefix: 'osd', what: 'some=thing' }],
  ])('%s', (text, command) => {
    expect(commandOf(text)).toEqual(command)
  })

  test('and those for a manager are known', () => {
    expect(matchCommand(SIGNATURES, ['pg', 'dump']).signature.isForManager).toBe(true)
    expect(matchCommand(SIGNATURES, ['status']).signature.isForManager).toBe(false)
  })
})

describe('words are no command, and it is said why', () => {
  test.each([
    ['statu', 'statu: there is no such command'],
    ['pg stat', 'pg stat: there is no such command; these begin so: pg dump'],
    ['status now', 'expected no more words, got now\nusage: status'],
    ['osd dump seven', 'epoch: expected a whole number, got seven\nusage: osd dump [<epoch>]'],
    ['osd pool ls all', 'detail: expected one of detail, got all'],
    ['osd out', 'expected ids, got nothing\nusage: osd out <ids...>'],
    ['osd reweight osd.1', 'expected weight, got nothing\nusage: osd reweight <id> <weight> [<force>]'],
    ['osd reweight osd.1 heavy', 'weight: expected a number, got heavy'],
    ['osd reweight osd.1 1 perhaps', 'force: expected true or false, got perhaps'],
  ])('%s', (text, words) => {
    expect(complaintOf(text)).toContain(words)
  })
})

test.each([[null], [[]], [{ cmd001: 7 }], [{ cmd001: { help: '' } }]])('%j describes no commands', (descriptions) => {
  expect(() => readSignatures(descriptions)).toThrow(CommandWordsError)
})
