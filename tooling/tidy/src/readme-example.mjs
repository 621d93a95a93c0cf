import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fencedBlocks } from './fenced-blocks.mjs'

const MARK = /<!-- example -->\s*$/
const TIME_LIMIT_MS = 20_000

/**
 * A block of a README that runs as it stands.
 *
 * @typedef {object} ReadmeExample
 * @property {string} code
 * @property {number} line of its opening fence
 * @property {{ text: string, line: number } | undefined} output what it must print, if the README says so
 */

/**
 * The blocks that the line `<!-- example -->` marks, each with the ```text block that follows it under the same
 * heading.
 *
 * @param {string} markdown
 * @returns {ReadmeExample[]}
 */
export function findExamples(markdown) {
  const blocks = fencedBlocks(markdown)
  return blocks.flatMap((block, index) => {
    if (block.language !== 'js' || !MARK.test(block.before)) return []
    const next = blocks[index + 1]
    const showsOutput = next?.language === 'text' && !/^#/m.test(next.before)
    return [
      { code: block.text, line: block.line, output: showsOutput ? { text: next.text, line: next.line } : undefined },
    ]
  })
}

/**
 * The packages that the README tells its reader to install.
 *
 * @param {string} markdown
 * @returns {string[]}
 */
export function installedPackages(markdown) {
  const commands = [...markdown.matchAll(/\b(?:npm (?:i|install)|pnpm add) ([^`\n]+)/g)]
  const words = commands.flatMap((match) => (match[1] ?? '').split(/\s+/))
  return [...new Set(words.filter((word) => /^(@[\w.-]+\/)?[a-z][\w.-]*$/.test(word)))]
}

/**
 * How an example ended.
 *
 * @typedef {object} ExampleRun
 * @property {string | undefined} problem undefined if it ended by itself, in time and with exit code 0
 * @property {string} stdout
 */

/**
 * Runs an example in a folder where only some packages are installed, as its reader would.
 *
 * @param {string} code
 * @param {ReadonlyMap<string, string>} installed the folder of each package
 * @returns {Promise<ExampleRun>}
 */
export async function runExampleWith(code, installed) {
  const dir = mkdtempSync(join(tmpdir(), 'msgr-example-'))
  try {
    for (const [name, target] of installed) {
      const link = join(dir, 'node_modules', name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(target, link, 'junction')
    }
    return await runExampleIn(dir, code)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/**
 * Runs an example in a folder that has its packages installed.
 *
 * @param {string} dir
 * @param {string} code
 * @param {number} [timeLimitMs]
 * @returns {Promise<ExampleRun>}
 */
export function runExampleIn(dir, code, timeLimitMs = TIME_LIMIT_MS) {
  const script = join(dir, 'example.mjs')
  writeFileSync(script, code)
  return new Promise((resolve) => {
    const options = { cwd: dir, timeout: timeLimitMs, killSignal: /** @type {const} */ ('SIGKILL') }
    const child = execFile(process.execPath, [script], options, (error, stdout, stderr) => {
      let problem
      if (error?.killed === true) problem = `it had not ended after ${timeLimitMs / 1000} s`
      else if (error !== null) problem = `exit code ${error.code ?? error.signal}: ${lastWords(stderr)}`
      resolve({ problem, stdout })
    })
    child.stdin?.end()
  })
}

/**
 * The line of a stack trace that tells what went wrong.
 *
 * @param {string} stderr
 */
function lastWords(stderr) {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  return lines.find((line) => /^\S*(Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
}
