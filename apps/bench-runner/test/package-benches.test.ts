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

test('the benches of each package make a suite, unless a contest measures it', () => {
  const files = [
    'packages/bufferlist/bench/buffer-list.bench.ts',
    'packages/event-driver/bench/event-center.bench.ts',
    'packages/message/bench/message.bench.ts',
    'packages/message/bench/notes.md',
    'packages/msgr-protocol/bench/session.bench.ts',
    'packages/msgr-protocol/bench/frames.bench.ts',
    'packages/prioritized-queue/bench/prioritized-queue.bench.ts',
    'packages/without/src/index.ts',
  ]
  inWorkspace(files, (root) => {
    const dir = (name: string): string => join(root, 'packages', name)
    expect(findPackageBenches(root)).toEqual([
      { suite: 'message', dir: dir('message'), files: ['message.bench.ts'] },
      { suite: 'protocol', dir: dir('msgr-protocol'), files: ['frames.bench.ts', 'session.bench.ts'] },
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
