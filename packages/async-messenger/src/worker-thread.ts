import { workerData } from 'node:worker_threads'
import { runWorker } from './threads/run-worker.ts'
import type { ThreadSettings } from './threads/thread-settings.ts'

// What a worker's thread runs: started by `ThreadPool`.
await runWorker(workerData as ThreadSettings)
