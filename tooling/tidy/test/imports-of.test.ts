import { expect, test } from 'vitest'
import { importsOf } from '../src/imports-of.mjs'

test('every way to name a module is found, with its line', () => {
  const text = `import { a } from './a.ts'
import type { B } from 'b'
import 'c'
export { d } from './d.ts'
export * from 'e'
type F = import('f').F
const g = await import('g')
const h = require("h")
function later() {
  return import(\`i\`)
}
`
  expect(importsOf('x.ts', text)).toEqual([
    { specifier: './a.ts', line: 1 },
    { specifier: 'b', line: 2 },
    { specifier: 'c', line: 3 },
    { specifier: './d.ts', line: 4 },
    { specifier: 'e', line: 5 },
    { specifier: 'f', line: 6 },
    { specifier: 'g', line: 7 },
    { specifier: 'h', line: 8 },
    { specifier: 'i', line: 10 },
  ])
})

test('words in comments and strings, and computed names, are no imports', () => {
  const text = `// import 'a'\nconst text = "import 'b'"\nconst c = await import(name)\nexport { text }\n`
  expect(importsOf('x.mjs', text)).toEqual([])
})
