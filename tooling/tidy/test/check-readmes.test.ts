import { expect, test } from 'vitest'
import { checkReadmes } from '../src/check-readmes.mjs'
import { workspaceWith } from './workspace-fixture.ts'

const fence = '```'
const readme = (code: string, output?: string, install = 'npm install @msgr/a') =>
  `# A\n\n${install}\n\n<!-- example -->\n${fence}js\n${code}\n${fence}\n` +
  (output === undefined ? '' : `\n${fence}text\n${output}\n${fence}\n`)
const code = "import { a } from '@msgr/a'\nconsole.log(a)\nconsole.log('end')"
const path = 'packages/a/README.md'

const findingsWith = (text: string, files: Record<string, string> = {}) =>
  checkReadmes(
    workspaceWith({
      'README.md': readme(code),
      'packages/a/package.json': { type: 'module', exports: './dist/index.js' },
      'packages/a/dist/index.js': "export const a = 'from a'\n",
      [path]: text,
      ...files,
    }),
  )

test('an example that runs and prints what is said is fine', async () => {
  expect(await findingsWith(readme(code, 'from a\nend'))).toEqual([])
  expect(await findingsWith(readme(code))).toEqual([])
})

test.each([
  [readme(code, 'from b\nend'), 13, 'the example prints "from a", not "from b"'],
  [readme(code, 'from a\nend\nmore'), 15, 'the example prints "", not "more"'],
  [readme(code, 'from a'), 14, 'the example prints "end", not ""'],
  [readme('throw new Error("no")'), 6, 'the example fails: exit code 1: Error: no'],
  ['# A\n', 1, 'no ```js block below a line <!-- example -->'],
  [readme(code, undefined, ''), 1, 'no "npm install" line that names a package'],
  [readme(code, undefined, 'npm i @msgr/b'), 1, '@msgr/b, which it tells to install, is not here'],
])('%j: line %d: %s', async (text, line, message) => {
  expect(await findingsWith(text)).toEqual([{ path, line, message }])
})

test('a package that the README does not tell to install cannot be imported', async () => {
  const files = {
    'packages/b/package.json': { exports: './b.js' } as never,
    'packages/b/b.js': '',
    'packages/b/README.md': readme(code),
  }
  const findings = await findingsWith(readme("import '@msgr/b'"), files)
  expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining("Cannot find package '@msgr/b'")])
})

test('a package from outside is found where the package has it', async () => {
  const files = {
    'packages/a/node_modules/ws/package.json': '{ "name": "ws", "type": "module", "exports": "./ws.js" }',
    'packages/a/node_modules/ws/ws.js': "console.log('ws')\n",
  }
  expect(await findingsWith(readme("import 'ws'", 'ws', 'npm install @msgr/a ws'), files)).toEqual([])
})

test('a README that is missing is found, also at the root', async () => {
  const tree = workspaceWith({ 'packages/a/package.json': {} })
  expect(await checkReadmes(tree)).toEqual([
    { path: 'README.md', line: 1, message: 'is missing' },
    { path, line: 1, message: 'is missing' },
  ])
})
