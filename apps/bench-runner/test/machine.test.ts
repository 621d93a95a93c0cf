import { expect, test } from 'vitest'
import { describeMachine, renderMachine, type Machine } from '../src/machine.ts'

const machine: Machine = {
  cpu: 'Some CPU',
  cores: 4,
  memoryBytes: 8 * 2 ** 30,
  node: 'v20.20.2',
  platform: 'linux',
  arch: 'x64',
  kernel: '6.1.0',
  date: '2026-11-22T07:19:43.927Z',
  load: 0.5,
  command: 'npm run bench',
}

test('the command is the one to type for the same again', () => {
  expect(describeMachine([]).command).toBe('npm run bench')
  expect(describeMachine(['--suite', 'echo']).command).toBe('npm run bench -- --suite echo')
})

test('the description tells machine, system, Node, time and command', () => {
  expect(renderMachine(machine)).toBe(
    'Some CPU, 4 cores, 8.0 GiB; linux 6.1.0 x64; Node.js v20.20.2\n2026-11-22T07:19:43.927Z: npm run bench',
  )
})

test('it warns of a machine that was busy', () => {
  expect(renderMachine({ ...machine, load: 2 })).not.toContain('busy')
  expect(renderMachine({ ...machine, load: 2.1 })).toContain('busy before this began: load 2.1')
})
