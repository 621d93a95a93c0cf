import { expect, test } from 'vitest'
import { parseCommandLine } from '../src/command-line.ts'

const TARGETS = ['frames', 'shim']

function parse(...args: readonly string[]): {
  line?: ReturnType<typeof parseCommandLine>
  help: string
  complaint: string
} {
  const said = { help: '', complaint: '' }
  const output = {
    help: (text: string) => void (said.help += text),
    complain: (text: string) => void (said.complaint += text),
  }
  try {
    return { line: parseCommandLine(args, TARGETS, output), ...said }
  } catch {
    return said
  }
}

test('without arguments, all targets and a number of inputs that takes a while', () => {
  expect(parse().line).toEqual({
    targets: [],
    inputs: 200_000,
    seconds: Infinity,
    seed: 1,
    threads: undefined,
    file: undefined,
    isQuiet: false,
  })
})

test('with a time, as many inputs as it allows, unless they are limited too', () => {
  expect(parse('--seconds', '5').line).toMatchObject({ seconds: 5, inputs: Infinity })
  expect(parse('--seconds', '5', '--inputs', '7').line).toMatchObject({ seconds: 5, inputs: 7 })
})

test('everything can be given', () => {
  const args = ['--target', 'frames', 'shim', '--seed', '9', '--threads', '3', '--json', '--file', 'a.hex']
  expect(parse(...args).line).toMatchObject({
    targets: ['frames', 'shim'],
    seed: 9,
    threads: 3,
    isQuiet: true,
    file: 'a.hex',
  })
})

test.each([['--inputs', 'many'], ['--seed', '-1'], ['--nothing'], ['frames']])('%s %s is refused', (...args) => {
  const { line, complaint } = parse(...args)
  expect(line).toBeUndefined()
  expect(complaint).toMatch(/error:/)
})

test('the help names the targets', () => {
  expect(parse('--help').help).toContain('frames, shim')
})
