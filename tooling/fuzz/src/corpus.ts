import { mkdirSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { filesIn, readHexFiles, workspacePath } from './hex-file.ts'

const CORPUS = 'tooling/fuzz/corpus'
const HEX_FILE = /\.hex$/
const DIGITS_PER_LINE = 96

/** The inputs kept for a target, by the names of their files. */
export function keptInputs(target: string): { readonly file: string; readonly bytes: Uint8Array }[] {
  const dir = `${CORPUS}/${target}`
  const files = filesIn(dir).filter((file) => file.endsWith('.hex'))
  const inputs = readHexFiles(dir, HEX_FILE)
  return files.flatMap((file, i) => {
    const bytes = inputs[i]
    return bytes === undefined ? [] : [{ file: `${dir}/${file}`, bytes }]
  })
}

/** Writes an input that failed, and what went wrong. Returns the file, relative to the workspace. */
export function writeFound(target: string, bytes: Uint8Array, explanation: string): string {
  const dir = `${CORPUS}/found/${target}`
  const name = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  mkdirSync(workspacePath(dir), { recursive: true })
  const comment = explanation.split('\n').map((line) => `# ${line}`)
  const lines =
    Buffer.from(bytes)
      .toString('hex')
      .match(new RegExp(`.{1,${DIGITS_PER_LINE}}`, 'g')) ?? []
  writeFileSync(workspacePath(`${dir}/${name}.hex`), `${[...comment, '', ...lines].join('\n')}\n`)
  return `${dir}/${name}.hex`
}
