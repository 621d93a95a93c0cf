import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openWorkspaceTree, type WorkspaceTree } from '../src/workspace-tree.mjs'

const PNPM_WORKSPACE = 'packages:\n  - packages/*\n  - apps/*\n  - tooling/*\n'

/** A folder with these files, gone when the test has finished. */
export function temporaryFolder(files: Record<string, string>): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'msgr tidy ')))
  onTestFinished(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }
  return dir
}

/** A workspace with these files. An object is written as JSON; the manifests' names are given by their folders. */
export function workspaceWith(files: Record<string, string | object>): WorkspaceTree {
  const texts = Object.entries(files).map(([path, content]) => {
    if (typeof content === 'string') return [path, content]
    const [group, folder] = path.split('/')
    const scope = group === 'packages' ? '@msgr' : `@msgr-${group ?? ''}`
    return [path, JSON.stringify({ name: `${scope}/${folder ?? ''}`, ...content }, undefined, 2)]
  })
  const ignored = 'node_modules/\ndist/\n'
  return openWorkspaceTree(
    temporaryFolder({
      '.gitignore': ignored,
      'pnpm-workspace.yaml': PNPM_WORKSPACE,
      ...(Object.fromEntries(texts) as Record<string, string>),
    }),
  )
}
