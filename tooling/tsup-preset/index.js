import { existsSync } from 'node:fs'
import { defineConfig } from 'tsup'
import { emitDeclarations } from './emit-declarations.js'

// A package is entered by src/index.ts; an application by src/cli.ts. Anything else an application starts as a
// process of its own is named src/*-process.ts, and what threads load src/*-thread.ts.
const isPackage = existsSync('src/index.ts')

export default defineConfig({
  entry: isPackage ? ['src/index.ts'] : ['src/cli.ts', 'src/*-{process,thread}.ts'],
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  // Without, classes that mention themselves are renamed, and say so in logs and errors.
  keepNames: true,
  clean: true,
  silent: true,
  onSuccess: async () => {
    if (isPackage) emitDeclarations('src', 'dist')
  },
})
