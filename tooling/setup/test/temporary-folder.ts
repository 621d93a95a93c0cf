import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder with these files, gone when the test has finished. Its name has a space, as a clone's may. */
export function temporaryFolder(files: Record<string, string> = {}): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'msgr setup ')))
  onTestFinished(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  for (const [path, content] of Object.entries(files)) writeFile(dir, path, content)
  return dir
}

export function writeFile(dir: string, path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), content, { mode })
}
