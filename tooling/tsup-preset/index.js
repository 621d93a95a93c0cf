import { existsSync } from 'node:fs'
import { defineConfig } from 'tsup'

// A package is entered by src/index.ts; an application by src/cli.ts. Anything else an application starts as a
// process of its own is named src/*-process.ts.
const isPackage = existsSync('src/index.ts')

export default defineConfig({
  entry: isPackage ? ['src/index.ts'] : ['src/cli.ts', 'src/*-process.ts'],
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  clean: true,
  silent: true,
  // TypeScript 6 reports the baseUrl that tsup's declaration step sets as deprecated.
  dts: isPackage && { compilerOptions: { ignoreDeprecations: '6.0' } },
})
