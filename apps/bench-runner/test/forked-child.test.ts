import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'tsup'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EchoClientProtocol } from '../src/echo-client.ts'
import { EchoContestant } from '../src/echo-contestant.ts'
import type { EchoServerProtocol } from '../src/echo-server.ts'
import { ForkedChild, type ChildOptions } from '../src/forked-child.ts'

// Node 20 runs no TypeScript, so the entries of the processes are bundled here, packages and all. The native part of
// @msgr/posix is not found from where the bundles lie, which is how it is on a machine that has none.
const outDir = mkdtempSync(join(import.meta.dirname, '../node_modules/.bench-test-'))
const entry = (name: string): string => join(outDir, `${name}.js`)

beforeAll(async () => {
  await build({
    config: false,
    entry: ['src/echo-server-process.ts', 'src/echo-client-process.ts'],
    outDir,
    format: 'esm',
    target: 'node20',
    silent: true,
    noExternal: [/^@msgr\//],
    external: ['node-gyp-build'],
    esbuildOptions: (options) => {
      options.conditions = ['msgr-source']
    },
  })
})

afterAll(() => rmSync(outDir, { recursive: true }))

/** A process of one line of JavaScript. */
function forkProgram(
  name: string,
  program: string,
  options?: ChildOptions,
): ForkedChild<{ question: { argument: number; answer: number } }> {
  const path = join(outDir, `${name}.mjs`)
  writeFileSync(path, program)
  return new ForkedChild(name, path, options)
}

const failure = (message: string): Error => expect.objectContaining({ code: 'ERR_BENCH_PROCESS', message }) as Error

describe('a forked child', () => {
  test('answers', async () => {
    const child = forkProgram(
      'adder',
      `process.on('message', ({ argument }) => process.send({ answer: argument + 1 }))`,
    )
    expect(await child.ask('question', 1)).toBe(2)
    expect(await child.ask('question', 5)).toBe(6)
    await child.stop()
  })

  test('that fails to answer says why', async () => {
    const child = forkProgram('failing', `process.on('message', () => process.send({ failure: 'too hard' }))`)
    await expect(child.ask('question', 1)).rejects.toThrow(failure('failing: too hard'))
    await child.stop()
  })

  test('that ends owes no answer any more, and takes no further question', async () => {
    const child = forkProgram('leaver', `process.on('message', () => process.exit(3))`)
    await expect(child.ask('question', 1)).rejects.toThrow(failure('leaver: ended by exit code 3'))
    await expect(child.ask('question', 1)).rejects.toThrow(failure('leaver: ended by exit code 3'))
    await child.stop()
  })

  test('is started with the flags asked for', async () => {
    const program = `process.on('message', () => process.send({ answer: typeof gc }))`
    const [plain, exposed] = [forkProgram('gc', program), forkProgram('gc', program, { nodeFlags: ['--expose-gc'] })]
    expect([await plain.ask('question', 1), await exposed.ask('question', 1)]).toEqual(['undefined', 'function'])
    await Promise.all([plain.stop(), exposed.stop()])
  })

  test('that does not answer in time is asked nothing more', async () => {
    const child = forkProgram('slow', `process.on('message', () => undefined)`, { answerDeadlineMs: 10 })
    const expected = failure('slow: no answer to question within 10 ms')
    await expect(child.ask('question', 0)).rejects.toThrow(expected)
    await expect(child.ask('question', 1)).rejects.toThrow(expected)
    await child.stop()
  })

  test('that does not leave when it is let go is killed', async () => {
    const program = `process.on('message', () => process.send({ answer: 1 }))
      process.on('disconnect', () => setInterval(() => undefined, 1000))`
    const child = forkProgram('stubborn', program, { leaveDeadlineMs: 10 })
    expect(await child.ask('question', 1)).toBe(1)
    await child.stop()
    await expect(child.ask('question', 1)).rejects.toThrow(failure('stubborn: ended by SIGKILL'))
  })

  test('is asked one question at a time', async () => {
    const child = forkProgram(
      'adder',
      `process.on('message', ({ argument }) => process.send({ answer: argument + 1 }))`,
    )
    const first = child.ask('question', 1)
    await expect(child.ask('question', 2)).rejects.toThrow('asked for question before it has answered')
    expect(await first).toBe(2)
    await child.stop()
  })
})

describe('the processes of an echo', () => {
  test.each(['node-net', 'simple-messenger'])(
    'measure %s between them, and leave when they are let go',
    async (name) => {
      const server = new ForkedChild<EchoServerProtocol>('server', entry('echo-server-process'))
      const client = new ForkedChild<EchoClientProtocol>('client', entry('echo-client-process'))
      const echoCase = { name: 'test', payloadBytes: 64, connectionCount: 1, depth: 4 }
      const plan = { roundCount: 1, settleMs: 20, warmUpMs: 0, measureMs: 20 }
      const contestant = new EchoContestant(name, { server, client }, echoCase, plan)
      expect(await contestant.open()).toBeUndefined()
      const figures = await contestant.run(20)
      for (const figure of Object.values(figures)) expect(figure).toBeTruthy()
      await contestant.close()
      await Promise.all([server.stop(), client.stop()])
      await expect(server.ask('cpuMicros', null)).rejects.toThrow(failure('server: ended by exit code 0'))
      await expect(client.ask('close', null)).rejects.toThrow(failure('client: ended by exit code 0'))
    },
  )

  test('tell why a subject is not to be had', async () => {
    const server = new ForkedChild<EchoServerProtocol>('server', entry('echo-server-process'))
    expect(await server.ask('listen', 'async-messenger')).toEqual({ unavailable: expect.any(String) as string })
    await server.stop()
  })

  test('answer a question that makes no sense with a reason', async () => {
    const client = new ForkedChild<EchoClientProtocol>('client', entry('echo-client-process'))
    const asking = client.ask('run', { durationMs: 1 })
    await expect(asking).rejects.toThrow(failure('client: connect comes first'))
    await client.stop()
  })
})
