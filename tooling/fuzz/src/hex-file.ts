import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The root of the workspace, seen from `src` and from `dist` alike. */
const workspaceRoot = new URL('../../../', import.meta.url)

/** The absolute path of what lies in the workspace. */
export function workspacePath(relative: string): string {
  return fileURLToPath(new URL(relative, workspaceRoot))
}

/** The bytes of hexadecimal text, with spaces and lines as one likes; `#` begins a comment. */
export function parseHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(/#.*$/gm, '').replaceAll(/\s/g, ''), 'hex'))
}

/** The names of the files of a folder of the workspace, sorted; none if there is no such folder. */
export function filesIn(dir: string): string[] {
  const path = workspacePath(dir)
  return existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort()
    : []
}

/** The bytes of the hex files of a folder of the workspace whose names match. */
export function readHexFiles(dir: string, name: RegExp): Uint8Array[] {
  const names = filesIn(dir).filter((file) => name.test(file))
  return names.map((file) => parseHex(readFileSync(workspacePath(`${dir}/${file}`), 'utf8')))
}
