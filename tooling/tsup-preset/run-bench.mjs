#!/usr/bin/env node
import { readdir } from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'tsup'

// Bundles every bench/*.bench.ts of the package it is called in, or those whose names contain an argument, and
// runs each in a process of its own: Node 20 runs no TypeScript, and a test runner's module wrapper would slow
// every call across files. Other packages of the workspace are taken from their dist, as a user would.
const wanted = process.argv.slice(2)
const outDir = 'node_modules/.cache/bench'
const files = (await readdir('bench')).filter((name) => name.endsWith('.bench.ts'))
const chosen = files.filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))

await build({
  config: false,
  entry: chosen.map((name) => join('bench', name)),
  outDir,
  outExtension: () => ({ js: '.mjs' }),
  format: 'esm',
  target: 'node20',
  silent: true,
  // mitata tries modules of other runtimes, which only exist there.
  external: ['mitata'],
})
for (const name of chosen) {
  console.log(`\n${name}`)
  const { status } = spawnSync(process.execPath, ['--expose-gc', join(outDir, name.replace(/\.ts$/, '.mjs'))], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}
