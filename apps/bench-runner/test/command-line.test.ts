import { describe, expect, test } from 'vitest'
import { parseCommandLine, type BenchOptions } from '../src/command-line.ts'

function parse(...args: string[]): BenchOptions {
  return parseCommandLine(args, { help: () => undefined, complain: () => undefined })
}

describe('the command line', () => {
  test('needs no arguments', () => {
    expect(parse()).toEqual({ suites: [], isQuick: false, jsonPath: undefined, htmlPath: undefined })
  })

  test('takes suites one by one and several at once', () => {
    expect(parse('--suite', 'echo', '--suite', 'queue', 'driver', '--quick').suites).toEqual([
      'echo',
      'queue',
      'driver',
    ])
  })

  test('takes --quick and the paths of JSON and HTML', () => {
    expect(parse('--quick', '--json', 'out.json', '--html', 'out.html')).toEqual({
      suites: [],
      isQuick: true,
      jsonPath: 'out.json',
      htmlPath: 'out.html',
    })
  })

  test.each([[['--suite']], [['--json']], [['--html']], [['--unknown']], [['stray']]])(
    'refuses %j and says why',
    (args) => {
      let complaint = ''
      const complain = (text: string): void => {
        complaint += text
      }
      const help = (): void => undefined
      expect(() => parseCommandLine(args, { help, complain })).toThrow(
        expect.objectContaining({ exitCode: 1 }) as Error,
      )
      expect(complaint).toContain('error: ')
    },
  )

  test('tells its options and suites when asked for help', () => {
    let help = ''
    const output = { help: (text: string) => void (help += text), complain: () => undefined }
    expect(() => parseCommandLine(['--help'], output)).toThrow(expect.objectContaining({ exitCode: 0 }) as Error)
    for (const word of ['npm run bench --', '--suite', '--quick', '--json', '--html', 'echo'])
      expect(help).toContain(word)
  })
})
