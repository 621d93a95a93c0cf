import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { BenchError } from './errors.ts'

const FLAGS = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror']

/**
 * The program that a C source compiles to, which is kept in a folder for the next time. Throws `BenchError` if there is
 * no compiler, or none that takes the source: what it says is in the message.
 */
export async function compileC(source: string, folder: string): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
  const path = join(folder, `${basename(source, '.c')}-${digest.slice(0, 16)}`)
  if (existsSync(path)) return path
  await mkdir(folder, { recursive: true })
  // Others may want it at the same time: it appears at once and whole.
  const unfinished = `${path}.${process.pid}`
  try {
    await promisify(execFile)(process.env['CC'] ?? 'cc', [...FLAGS, '-o', unfinished, source])
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    throw new BenchError('ERR_BENCH_UNAVAILABLE', `the C compiler: ${text}`, cause)
  }
  await rename(unfinished, path)
  return path
}
