import { CommanderError } from 'commander'
import { describe, expect, test } from 'vitest'
import { parseCommandLine, type StatusRequest } from '../src/command-line.ts'

function parse(text: string): { request?: StatusRequest; text: string; exitCode: number } {
  const said: string[] = []
  const hear = (words: string): void => {
    said.push(words)
  }
  try {
    return { request: parseCommandLine(text.split(' '), { help: hear, complain: hear }), text: '', exitCode: 0 }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { text: said.join(''), exitCode: error.exitCode }
  }
}

test('everything can be left to the conf file', () => {
  expect(parse('status').request).toEqual({
    words: ['status'],
    format: 'plain',
    watchEveryMs: undefined,
    conf: undefined,
    keyring: undefined,
    name: 'client.admin',
    monHost: undefined,
    mode: undefined,
    auth: undefined,
    timeoutMs: 30_000,
  })
})

test('everything can be said', () => {
  const text =
    '-c my.conf -k my.keyring --id bob -m [v2:10.0.0.1:3300,v1:10.0.0.1:6789] --mode secure --auth cephx --timeout 5 ' +
    '--watch 7 -f json osd pool ls detail'
  expect(parse(text).request).toEqual({
    words: ['osd', 'pool', 'ls', 'detail'],
    format: 'json',
    watchEveryMs: 7_000,
    conf: 'my.conf',
    keyring: 'my.keyring',
    name: 'client.bob',
    monHost: '[v2:10.0.0.1:3300,v1:10.0.0.1:6789]',
    mode: 'secure',
    auth: 'cephx',
    timeoutMs: 5_000,
  })
  expect(parse('status --watch').request).toMatchObject({ watchEveryMs: 2_000 })
})

describe('what makes no sense is told', () => {
  test.each([
    ['--format xml status', 'Allowed choices are json, plain'],
    ['--mode open status', 'Allowed choices are crc, secure'],
    ['--timeout 0 status', 'Expected a number of seconds'],
    ['--name client.a --id b status', '--name and --id say the same twice'],
    ['--nonsense status', "unknown option '--nonsense'"],
  ])('%s', (text, words) => {
    const { text: said, exitCode } = parse(text)
    expect(said).toContain(words)
    expect(exitCode).not.toBe(0)
  })

  test('and help is no error', () => {
    expect(parse('--help')).toMatchObject({ exitCode: 0 })
    expect(parse('--help').text).toContain('Usage: ceph-status')
  })
})
