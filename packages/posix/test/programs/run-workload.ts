import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { Worker, isMainThread } from 'node:worker_threads'
import { eventfd, takeTurns, watch } from '../../src/index.ts'
import { hasLibuv, runWorkload } from './workload.ts'

// run-workload.mjs [threads]: the workload three times here, then once in each of so many threads at the same time.
// No descriptor may be left over. Each thread ends with a watch and turns open, for its environment
// to close.
if (isMainThread) {
  const threads = Number(process.argv[2] ?? 0)
  await runWorkload()
  const before = readdirSync('/proc/self/fd').length
  await runWorkload()
  await runWorkload()
  assert.equal(readdirSync('/proc/self/fd').length, before, 'descriptors')
  await Promise.all(Array.from({ length: threads }, runInThread))
  process.stdout.write('workload passed\n')
} else {
  await runWorkload()
  if (hasLibuv()) {
    watch(eventfd(), () => undefined).unref()
    takeTurns(() => process.exit())
  }
}

function runInThread(): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url))
    worker.once('error', reject)
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a thread ended with ${code}`))))
  })
}
