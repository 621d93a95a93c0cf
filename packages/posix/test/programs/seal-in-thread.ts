import assert from 'node:assert/strict'
import { parentPort, workerData } from 'node:worker_threads'
import { AesGcm } from '../../src/index.ts'

// In a thread: seals and opens the same bytes many times, and tells what came out.

const { seed } = workerData as { seed: number }
const cipher = new AesGcm(new Uint8Array(16).fill(seed))
const nonce = Uint8Array.from({ length: 12 }, (_, i) => 100 + i)
const plain = new Uint8Array(5000).fill(seed)
const [sealed, opened] = [new Uint8Array(5016), new Uint8Array(5000)]
cipher.seal(nonce, [plain], sealed, 0)
const first = Buffer.from(sealed)
for (let i = 0; i < 3000; i++) {
  cipher.seal(nonce, [plain.subarray(0, i), plain.subarray(i)], sealed, 0)
  assert.ok(first.equals(sealed))
  assert.ok(cipher.open(nonce, sealed, 0, sealed.length, opened, 0))
}
assert.deepEqual(opened, plain)
parentPort?.postMessage(first.toString('hex'))
