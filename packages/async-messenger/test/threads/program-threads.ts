import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MessagePort, Worker } from 'node:worker_threads'
import { build } from 'tsup'

const packageRoot = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles a program of test/programs for plain node, which runs no TypeScript. Returns the file's path. */
export async function buildProgram(name: string): Promise<string> {
  const outDir = join(packageRoot, 'node_modules', '.cache', 'test-programs', name)
  rmSync(outDir, { recursive: true, force: true })
  mkdirSync(outDir, { recursive: true })
  await build({
    config: false,
    entry: [join(packageRoot, 'test', 'programs', `${name}.ts`)],
    outDir,
    outExtension: () => ({ js: '.mjs' }),
    format: 'esm',
    target: 'node20',
    silent: true,
  })
  return join(outDir, `${name}.mjs`)
}

/**
 * Runs a program on one thread for each task, all at the same time, and returns what each of them posted. The first
 * that fails ends the others, and so does the signal, which a test that may hang takes from vitest. Ports among the values
 * of a task are moved to its thread.
 */
export async function runThreads(program: string, tasks: readonly object[], signal: AbortSignal): Promise<unknown[]> {
  // What this process was told of where sources are does not hold for a program that was built.
  const execArgv: string[] = []
  const workers = tasks.map(
    (workerData) => new Worker(program, { workerData, execArgv, transferList: portsOf(workerData) }),
  )
  const terminateAll = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  const onAbort = (): void => void terminateAll()
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.all(workers.map(resultOf))
  } finally {
    signal.removeEventListener('abort', onAbort)
    await terminateAll()
  }
}

function portsOf(task: object): MessagePort[] {
  return Object.values(task).filter((value) => value instanceof MessagePort)
}

function resultOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => {
      reject(new Error('expected the thread to post a result, but it ended'))
    })
  })
}
