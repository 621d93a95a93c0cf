import { isMainThread, Worker, workerData } from 'node:worker_threads'

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/**
 * For a program that is started with an argument that leads here: runs each case in a thread of its own, one after the
 * other, and says how it ended. A thread that posts a message is terminated.
 */
export function runThreads(program: URL, cases: Readonly<Record<string, () => void>>): void {
  if (isMainThread) void startThreads(program, Object.keys(cases))
  else cases[workerData as string]?.()
}

async function startThreads(program: URL, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const worker = new Worker(program, { argv: process.argv.slice(2), workerData: name })
    worker.on('message', () => void worker.terminate())
    worker.on('error', (error: unknown) => say(`${name} failed: ${(error as Error).message}`))
    const code = await new Promise((resolve) => worker.once('exit', resolve))
    say(`${name} ended with ${String(code)}`)
  }
}
