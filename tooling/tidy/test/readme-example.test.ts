import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findExamples, installedPackages, runExampleIn, runExampleWith } from '../src/readme-example.mjs'
import { temporaryFolder } from './workspace-fixture.ts'

const fence = '```'

describe('findExamples', () => {
  test('finds the marked blocks, with the output that follows one', () => {
    const markdown = `# A
${fence}js
fragment()
${fence}
<!-- example -->

${fence}js
console.log(1)
${fence}
prints
${fence}text
1
${fence}
<!-- example -->
${fence}js
second()
${fence}
## Next
${fence}text
not its output
${fence}
`
    expect(findExamples(markdown)).toEqual([
      { code: 'console.log(1)\n', line: 7, output: { text: '1\n', line: 11 } },
      { code: 'second()\n', line: 15, output: undefined },
    ])
  })

  test('a mark above a block in another language is none', () => {
    expect(findExamples(`<!-- example -->\n${fence}sh\nls\n${fence}\n`)).toEqual([])
  })
})

test.each([
  ['npm install @msgr/a', ['@msgr/a']],
  ['npm i --save @msgr/a ws', ['@msgr/a', 'ws']],
  ['Use `npm i @msgr/a` or `pnpm add @msgr/b`.', ['@msgr/a', '@msgr/b']],
  ['npm run demo', []],
])('%s installs %j', (markdown, names) => {
  expect(installedPackages(markdown)).toEqual(names)
})

describe('running an example', () => {
  test('gives what it printed', async () => {
    expect(await runExampleIn(temporaryFolder({}), 'console.log(await Promise.resolve(1))')).toEqual({
      problem: undefined,
      stdout: '1\n',
    })
  })

  test('finds only the packages that are installed', async () => {
    const root = temporaryFolder({
      'a/package.json': '{ "name": "@x/a", "type": "module", "exports": "./index.js" }',
      'a/index.js': "export const a = 'from a'\n",
    })
    const code = "import { a } from '@x/a'\nconsole.log(a)\n"
    const installed = new Map([['@x/a', join(root, 'a')]])
    expect(await runExampleWith(code, installed)).toEqual({ problem: undefined, stdout: 'from a\n' })
    const { problem } = await runExampleWith(code, new Map())
    expect(problem).toMatch(/^exit code 1: Error \[ERR_MODULE_NOT_FOUND\]: Cannot find package '@x\/a'/)
  })

  test('reports the error that ended it', async () => {
    const { problem } = await runExampleIn(temporaryFolder({}), "throw new RangeError('too far')")
    expect(problem).toBe('exit code 1: RangeError: too far')
  })

  test('reports an exit code without an error', async () => {
    const { problem } = await runExampleIn(temporaryFolder({}), 'process.exitCode = 3')
    expect(problem).toBe('exit code 3: it said nothing')
  })

  test('is cut short when it does not end', async () => {
    const { problem } = await runExampleIn(temporaryFolder({}), 'setInterval(() => {}, 1000)', 500)
    expect(problem).toBe('it had not ended after 0.5 s')
  })

  test('has no stdin to wait for', async () => {
    const code = 'for await (const _ of process.stdin) {}\nconsole.log("end")'
    expect((await runExampleIn(temporaryFolder({}), code)).stdout).toBe('end\n')
  })
})
