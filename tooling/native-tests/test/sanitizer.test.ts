import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { describeUnder, run, sanitizers, type Sanitized } from '../src/index.ts'

const memberRoot = fileURLToPath(new URL('..', import.meta.url))
const cache = join(memberRoot, 'node_modules', '.cache', 'test-sanitizers')
const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers') as { include_dir: string }

// A runtime that is loaded and finds nothing proves nothing, so each is shown what it has to find.
sanitizers.forEach((sanitizer) => {
  describeUnder(sanitizer, cache, ({ directory, runNode }) => {
    const canary = join(directory, 'canary.node')

    beforeAll(async () => {
      const common = ['-std=c11', '-DNAPI_VERSION=8', '-g', '-O1', '-fPIC', '-shared', `-I${headers}`]
      const args = [...common, ...sanitizer.flags, join(memberRoot, 'test', 'canary.c'), '-o', canary]
      expect(await run(sanitizer.compiler, args)).toMatchObject({ code: 0 })
    })

    const describeKind = { address: describeMemory, thread: describeRaces }[sanitizer.kind]
    describeKind(runNode, `require(${JSON.stringify(canary)})`)
  })
})

function describeMemory(runNode: Sanitized['runNode'], canary: string): void {
  test.each([
    ['overflow', 'runtime error|heap-buffer-overflow'],
    ['leak', 'LeakSanitizer: detected memory leaks'],
    ['undefined', 'runtime error: shift exponent 40'],
  ])('a defect of the kind %s is found', async (defect, report) => {
    // Often enough that no copy of the pointer that a register or the stack still holds hides the leak.
    const program = `for (let i = 0; i < 50; i++) ${canary}.${defect}()`
    const { code, stderr } = await runNode(['-e', program])
    expect(code).not.toBe(0)
    expect(stderr).toMatch(new RegExp(report))
  })
}

function describeRaces(runNode: Sanitized['runNode'], canary: string): void {
  // The threads wait for each other by atomic operations, which the runtime does not see: had one ended before the
  // other began, locks of node's would have ordered what they do. And many times, as two writes at the very same moment
  // are missed.
  const threads = (...names: readonly string[]): string => `
    const { Worker } = require('node:worker_threads')
    const arrived = new Int32Array(new SharedArrayBuffer(4))
    const program = \`const { workerData: { arrived, names, index } } = require('node:worker_threads')
      const canary = ${canary}
      Atomics.add(arrived, 0, 1)
      while (Atomics.load(arrived, 0) < 2);
      for (let i = 0; i < 10_000; i++) canary[names[index]]()\`
    for (const index of [0, 1]) {
      new Worker(program, { eval: true, workerData: { arrived, index, names: ${JSON.stringify(names)} } })
    }`

  test('two threads that write one variable are found', async () => {
    const { code, stderr } = await runNode(['-e', threads('race', 'race')])
    expect(code).toBe(66)
    expect(stderr).toMatch(/ThreadSanitizer: data race .*canary\.c/)
  })

  test('one that writes it, and all that node does meanwhile, are no defect', async () => {
    const { code, stderr } = await runNode(['-e', threads('race', 'leak')])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
}
