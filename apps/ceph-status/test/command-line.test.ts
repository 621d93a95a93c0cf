import { describe, expect, test } from 'vitest'
import { parseCommandLine, type StatusOptions } from '../src/command-line.ts'

function parse(...args: string[]): StatusOptions {
  return parseCommandLine(args, { help: () => undefined, complain: () => undefined })
}

test('without arguments it is the status of the cluster that Ceph would find', () => {
  expect(parse()).toEqual({
    words: ['status'],
    format: 'plain',
    conf: undefined,
    cluster: undefined,
    keyring: undefined,
    monHost: undefined,
    name: 'client.admin',
    mode: undefined,
    timeoutMs: 30_000,
    inFile: undefined,
    watchEveryMs: undefined,
    auth: undefined,
  })
})

test('our options may stand anywhere; others belong to the command, with their values', () => {
  expect(
    parse('osd', '--format', 'json', 'pool', 'create', 'x', '--size', '3', '--bulk', '-c', 'a.conf'),
  ).toMatchObject({
    words: ['osd', 'pool', 'create', 'x', '--size', '3', '--bulk'],
    format: 'json',
    conf: 'a.conf',
  })
})

test('behind -- everything belongs to the command', () => {
  expect(parse('--id', 'x', '--', 'mon', 'add', '--name', 'b')).toMatchObject({
    words: ['mon', 'add', '--name', 'b'],
    name: 'client.x',
  })
})

test('all options reach their places', () => {
  const args = [
    '--cluster',
    'c',
    '-k',
    'ring',
    '-m',
    'v1:10.0.0.1',
    '-n',
    'osd.3',
    '--mode',
    'secure',
    '--timeout',
    '2.5',
    '--auth',
    'none',
  ]
  expect(parse(...args, '-i', 'file')).toMatchObject({
    cluster: 'c',
    keyring: 'ring',
    monHost: 'v1:10.0.0.1',
    name: 'osd.3',
    mode: 'secure',
    auth: 'none',
    timeoutMs: 2500,
    inFile: 'file',
  })
})

test('how often to look is said, or left out', () => {
  expect(parse('-w', 'status')).toMatchObject({ words: ['status'], watchEveryMs: 2000 })
  expect(parse('osd', 'dump', '--watch')).toMatchObject({ words: ['osd', 'dump'], watchEveryMs: 2000 })
  expect(parse('--watch', '0.5', 'osd', 'dump', '7')).toMatchObject({ words: ['osd', 'dump', '7'], watchEveryMs: 500 })
})

describe('what makes no sense is told', () => {
  test.each([
    [['--format', 'xml']],
    [['--mode', 'none']],
    [['--timeout', '0']],
    [['--watch=1x']],
    [['--id', 'a', '--name', 'client.a']],
    [['--conf']],
  ])('%j', (args) => {
    let told = ''
    const run = (): unknown => parseCommandLine(args, { help: () => undefined, complain: (text) => (told += text) })
    expect(run).toThrow(expect.objectContaining({ exitCode: 1 }))
    expect(told).toMatch(/^error: .*\n.*--help tells what there is/)
  })
})

test('help is told', () => {
  let told = ''
  const run = (): unknown => parseCommandLine(['--help'], { help: (text) => (told += text), complain: () => undefined })
  expect(run).toThrow(expect.objectContaining({ exitCode: 0 }))
  expect(told).toMatch(/^Usage: ceph-status/)
})
