import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describeNeeding, missingCommand, run } from '@msgr-tooling/native-tests'
import { expect, test } from 'vitest'
import { packageRoot } from '../built-program.ts'

// The ARMv8 instruction, on a processor that is emulated. It takes an emulator and the C library of that architecture.
const out = join(packageRoot, 'node_modules', '.cache', 'test-arm64')
mkdirSync(out, { recursive: true })
const sources = [join(packageRoot, 'test', 'programs', 'crc32c-vectors.c'), join(packageRoot, 'native', 'crc32c.c')]
const flags = ['-std=c11', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', '-O2', ...sources, '-o']

function missing(): string | undefined {
  const { status } = spawnSync('aarch64-linux-gnu-gcc', ['-static', ...flags, join(out, 'arm64')])
  return missingCommand('qemu-aarch64') ?? (status === 0 ? undefined : 'aarch64-linux-gnu-gcc cannot link a program')
}

describeNeeding(missing(), 'crc32c on arm64', () => {
  test('gives what it gives here, by its instruction and by tables', async () => {
    const here = await run('cc', [...flags, join(out, 'here')])
    expect(here).toMatchObject({ code: 0 })
    const { stdout: expected } = await run(join(out, 'here'), [])
    const { stdout: emulated } = await run('qemu-aarch64', [join(out, 'arm64')])
    const withoutNames = (text: string): string => text.replaceAll(/^\S+/gm, '')
    expect(withoutNames(emulated)).toBe(withoutNames(expected))
    expect(emulated).toMatch(/^armv8 881700046 440531800 [^]*\nportable 881700046 440531800 /)
  })
})
