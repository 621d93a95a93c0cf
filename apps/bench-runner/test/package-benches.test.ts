import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findPackageBenches, findWorkspaceRoot } from '../src/package-benches.ts'

/** A folder like that of the workspace, with these files, for as long as `use` runs. */
function inWorkspace(files: readonly string[], use: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'msgr-bench-'))
  try {
    for (const file of ['pnpm-workspace.yaml', ...files]) {
      mkdirSync(join(root, file, '..'), { recursive: true })
      writeFileSync(join(root, file), '')
    }
    use(root)
  } finally {
    rmSync(root, { recursive: true })
  }
}

test('the benches of packages make suites; those of crc32c are one of their own', () => {
  const files = [
    'packages/bufferlist/bench/buffer-list.bench.ts',
    'packages/bufferlist/bench/crc32c.bench.ts',
    'packages/bufferlist/bench/buffer-cursor.bench.ts',
    'packages/event-driver/bench/event-center.bench.ts',
    'packages/message/bench/message.bench.ts',
    'packages/message/bench/notes.md',
    'packages/msgr-protocol/bench/session.bench.ts',
    'packages/posix/bench/crc32c.bench.ts',
    'packages/prioritized-queue/bench/prioritized-queue.bench.ts',
    'packages/without/src/index.ts',
  ]
  inWorkspace(files, (root) => {
    const dir = (name: string): string => join(root, 'packages', name)
    expect(findPackageBenches(root)).toEqual([
      { suite: 'bufferlist', dir: dir('bufferlist'), files: ['buffer-cursor.bench.ts', 'buffer-list.bench.ts'] },
      { suite: 'crc32c', dir: dir('bufferlist'), files: ['crc32c.bench.ts'] },
      { suite: 'driver', dir: dir('event-driver'), files: ['event-center.bench.ts'] },
      { suite: 'message', dir: dir('message'), files: ['message.bench.ts'] },
      { suite: 'protocol', dir: dir('msgr-protocol'), files: ['session.bench.ts'] },
      { suite: 'crc32c', dir: dir('posix'), files: ['crc32c.bench.ts'] },
      { suite: 'queue', dir: dir('prioritized-queue'), files: ['prioritized-queue.bench.ts'] },
    ])
  })
})

test('the workspace is found from any folder in it, and missed from one outside', () => {
  inWorkspace(['apps/x/dist/cli.js'], (root) => {
    expect(findWorkspaceRoot(join(root, 'apps/x/dist'))).toBe(root)
    expect(findWorkspaceRoot(root)).toBe(root)
  })
  expect(() => findWorkspaceRoot(tmpdir())).toThrow('there is no pnpm-workspace.yaml in it or above it')
})
