import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Supervisor, unexpectedEnd, type SupervisedProcess } from '../src/supervisor.ts'

const PROGRAMS: Readonly<Record<string, string>> = {
  // Tells what it was started with and what it is told, and ends when it is asked to.
  polite: `process.on('message', (m) => m.kind === 'stop' ? process.exit(0) : process.send(m))
           process.send({ started: JSON.parse(process.argv[2]) })`,
  stubborn: `process.on('message', () => {}); process.send({})`,
  failing: `console.error('the disk is full'); process.exit(3)`,
}

let dir: string
let supervisor: Supervisor

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'heartbeat-programs-'))
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
  for (const [name, code] of Object.entries(PROGRAMS)) writeFileSync(join(dir, `${name}.js`), code)
})
afterAll(() => {
  rmSync(dir, { recursive: true })
})
beforeEach(() => {
  supervisor = new Supervisor(pathToFileURL(`${dir}/`))
})
afterEach(() => supervisor.endAll(0))

/** Starts a program and resolves when it has told something. */
async function start(program: string, config: object = {}): Promise<{ process: SupervisedProcess; news: unknown[] }> {
  const news: unknown[] = []
  return new Promise((resolve) => {
    const process = supervisor.start(program, program, config, (told) => {
      news.push(told)
      resolve({ process, news })
    })
  })
}

test('a process gets its config, tells news, and ends when it is asked to', async () => {
  const { process, news } = await start('polite', { id: 4 })
  expect(news).toContainEqual({ started: { id: 4 } })
  expect(process.state).toBe('running')
  const ends = await supervisor.endAll(60_000)
  expect(ends.get(process)).toEqual({ code: 0, signal: null })
  expect([process.state, [...supervisor.processes]]).toEqual(['ended', []])
})

test('one that does not end is killed, also if it is stopped', async () => {
  const [stubborn, stopped] = [await start('stubborn'), await start('stubborn')]
  stopped.process.freeze()
  expect(stopped.process.state).toBe('stopped')
  const ends = await supervisor.endAll(10)
  expect(ends.get(stubborn.process)).toEqual({ code: null, signal: 'SIGKILL' })
  expect(ends.get(stopped.process)).toEqual({ code: null, signal: 'SIGKILL' })
})

test('one that is stopped goes on, and is asked to end like the others', async () => {
  const { process } = await start('polite')
  process.freeze()
  process.thaw()
  expect(process.state).toBe('running')
  process.freeze()
  const ends = await supervisor.endAll(60_000)
  expect(ends.get(process)).toEqual({ code: 0, signal: null })
})

test('everyone knows of everyone else', async () => {
  const one = await start('polite')
  const two = await start('polite')
  await expect.poll(() => one.news.at(-1)).toEqual({ kind: 'siblings', pids: [two.process.pid] })
  await expect.poll(() => two.news.at(-1)).toEqual({ kind: 'siblings', pids: [one.process.pid] })
  two.process.kill()
  expect(await two.process.ended).toEqual({ code: null, signal: 'SIGKILL' })
  await expect.poll(() => one.news.at(-1)).toEqual({ kind: 'siblings', pids: [] })
})

test('what a process complained about is told when it has failed', async () => {
  const failing = supervisor.start('osd.4', 'failing', {}, () => undefined)
  const end = await failing.ended
  await expect.poll(() => failing.complaints).toBe('the disk is full')
  const error = unexpectedEnd(failing, end)
  expect(error.code).toBe('ERR_HEARTBEAT_PROCESS')
  expect(error.message).toContain('osd.4 ended with exit code 3, which nobody meant it to; it said:\nthe disk is full')
})
