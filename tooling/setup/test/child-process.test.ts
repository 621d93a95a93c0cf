import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { ChildFailedError, runInForeground, runQuietly, type Command } from '../src/child-process.mjs'
import { temporaryFolder, writeFile } from './temporary-folder.ts'

const moduleUrl = new URL('../src/child-process.mjs', import.meta.url).href
const node = (script: string): Command => [process.execPath, '-e', script]
const surroundings = { cwd: process.cwd(), env: process.env }

describe('runQuietly', () => {
  test('gives all that the program wrote, from both streams', async () => {
    const output = await runQuietly(node('console.log("out"); console.error("err")'), surroundings)
    expect(output.split('\n').sort()).toEqual(['', 'err', 'out'])
  })

  test('rejects with the output and the exit code', async () => {
    const run = runQuietly(node('console.log("why"); process.exitCode = 3'), surroundings)
    await expect(run).rejects.toThrow(ChildFailedError)
    await expect(run).rejects.toMatchObject({ exitCode: 3, output: 'why\n' })
  })

  test('rejects when there is no such program', async () => {
    const run = runQuietly(['no-such-program'], surroundings)
    await expect(run).rejects.toMatchObject({ name: 'ChildFailedError', exitCode: 127 })
  })

  test('gives the program no stdin to wait for', async () => {
    const script = 'process.stdin.on("data", () => {}).on("end", () => console.log("end"))'
    expect(await runQuietly(node(script), surroundings)).toBe('end\n')
  })
})

describe('runInForeground', () => {
  test('gives the exit code', async () => {
    expect(await runInForeground(node('process.exitCode = 7'), surroundings)).toBe(7)
  })

  test('counts a signal as shells do', async () => {
    expect(await runInForeground(node('process.kill(process.pid, "SIGKILL")'), surroundings)).toBe(128 + 9)
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'passes %s on to the program and outlives it to give its exit code',
    async (signal) => {
      const dir = temporaryFolder()
      writeFile(
        dir,
        'child.mjs',
        `process.once('${signal}', () => { console.log('told'); process.exitCode = 5; clearInterval(alive) })
         const alive = setInterval(() => {}, 1000)
         console.log('ready')`,
      )
      writeFile(
        dir,
        'parent.mjs',
        `import { runInForeground } from '${moduleUrl}'
         process.exitCode = await runInForeground([process.execPath, 'child.mjs'], { cwd: '.', env: process.env })`,
      )
      const parent = spawn(process.execPath, ['parent.mjs'], { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] })
      let output = ''
      parent.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        if (output === 'ready\n') parent.kill(signal)
      })
      const [code] = (await once(parent, 'close')) as [number | null]
      expect(output).toBe('ready\ntold\n')
      expect(code).toBe(5)
    },
  )
})
