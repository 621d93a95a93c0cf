import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder, writeFile } from './temporary-folder.ts'

const moduleUrl = new URL('../src/child-process.mjs', import.meta.url).href

/**
 * Starts what npm starts: a process, below it a shell, below that our program, below that the program it runs. The
 * last one says its id and the shell's, and when it is told to end.
 */
function startThroughShell(env: NodeJS.ProcessEnv) {
  const dir = temporaryFolder()
  writeFile(
    dir,
    'program.mjs',
    `process.once('SIGTERM', () => { console.log('told'); process.exit() })
     setInterval(() => {}, 1000)
     console.log('ready', process.pid, process.argv[2])`,
  )
  writeFile(
    dir,
    'ours.mjs',
    `import { runInForeground } from '${moduleUrl}'
     await runInForeground([process.execPath, 'program.mjs', process.ppid], { cwd: '.', env: process.env })`,
  )
  writeFile(
    dir,
    'npm.mjs',
    `import { spawn } from 'node:child_process'
     spawn('sh', ['-c', '"${process.execPath}" ours.mjs; exit'], { stdio: 'inherit' })`,
  )
  const npm = spawn(process.execPath, ['npm.mjs'], { cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  npm.stdout.setEncoding('utf8').on('data', (chunk: string) => lines.push(...chunk.trim().split('\n')))
  return { npm, lines, closed: once(npm.stdout, 'close') }
}

test.runIf(process.platform === 'linux').each(['npm', 'its shell'])(
  'the program is told to end when %s is killed',
  async (victim) => {
    const { npm, lines, closed } = startThroughShell({ ...process.env, npm_lifecycle_event: 'demo' })
    await once(npm.stdout, 'data')
    const [, program, shell] = (lines[0] ?? '').split(' ').map(Number)
    let ended = false
    onTestFinished(() => {
      if (!ended) process.kill(program ?? 0, 'SIGKILL')
    })
    process.kill((victim === 'npm' ? npm.pid : shell) ?? 0, 'SIGKILL')
    await closed
    ended = true
    expect(lines.at(-1)).toBe('told')
  },
)
