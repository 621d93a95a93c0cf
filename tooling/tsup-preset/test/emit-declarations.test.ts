import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { emitDeclarations } from '../emit-declarations.js'

/** The declarations of some sources, by file. */
function emitted(sources: Record<string, string>): Record<string, string> {
  const dir = mkdtempSync(join(tmpdir(), 'msgr declarations '))
  onTestFinished(() => {
    rmSync(dir, { recursive: true })
  })
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(dir, 'src', path)), { recursive: true })
    writeFileSync(join(dir, 'src', path), text)
  }
  emitDeclarations(join(dir, 'src'), join(dir, 'dist'))
  const files = readdirSync(join(dir, 'dist'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.includes('.'),
  )
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(dir, 'dist', path), 'utf8')]))
}

test('every source gets its declaration, at the same place', () => {
  const sources = { 'index.ts': 'export {}\n', 'deep/a.ts': 'export const a: number = 1\n' }
  expect(emitted(sources)).toEqual({
    'index.d.ts': 'export {};\n',
    'deep/a.d.ts': 'export declare const a: number;\n',
  })
})

test('every way to name another source names what is built; packages and texts stay as they are', () => {
  const source = `import { type A } from './a.ts'
import type { B } from '../b.ts'
import { type C } from '@msgr/c.ts'
export { d } from './deep/d.ts'
export * from "./e.ts"
export declare function f(a: A, b: B, c: C): import('./f.ts').F
/** See './a.ts' */
export declare const text: './a.ts'
`
  expect(emitted({ 'index.ts': source })['index.d.ts']).toBe(`import { type A } from './a.js';
import type { B } from '../b.js';
import { type C } from '@msgr/c.ts';
export { d } from './deep/d.js';
export * from "./e.js";
export declare function f(a: A, b: B, c: C): import('./f.js').F;
/** See './a.ts' */
export declare const text: './a.ts';
`)
})

test('doc comments stay, private names are hidden', () => {
  const source =
    '/** A thing. */\nexport class A {\n  #secret = 1\n  /** Its size. */\n  readonly size: number = this.#secret\n}\n'
  const declaration = emitted({ 'a.ts': source })['a.d.ts']
  expect(declaration).toContain('/** A thing. */')
  expect(declaration).toContain('/** Its size. */\n    readonly size: number;')
  expect(declaration).not.toContain('secret')
})

test('an export whose type does not stand in its own file is refused', () => {
  expect(() => emitted({ 'a.ts': "import { f } from './f.ts'\nexport const a = f()\n" })).toThrow(
    /TS9010.*--isolatedDeclarations/,
  )
})
