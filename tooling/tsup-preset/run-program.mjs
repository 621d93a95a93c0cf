#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { basename, join } from 'node:path'
import { build } from 'tsup'

// Runs a TypeScript program of the package it is called in, with the arguments that follow it: Node 20 runs no
// TypeScript, so it is bundled first. Other packages of the workspace are taken from their dist, as a user would; what
// an application or the tooling has for others is bundled as well, since nobody builds it for them.
const [entry, ...args] = process.argv.slice(2)
if (entry === undefined) throw new Error('usage: msgr-run-program FILE [ARGUMENT...]')
const outDir = 'node_modules/.cache/programs'

await build({
  config: false,
  entry: [entry],
  outDir,
  outExtension: () => ({ js: '.mjs' }),
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  noExternal: [/^@msgr-(apps|tooling)\//],
  silent: true,
})
const program = join(outDir, basename(entry).replace(/\.ts$/, '.mjs'))
const { status } = spawnSync(process.execPath, ['--enable-source-maps', program, ...args], { stdio: 'inherit' })
process.exit(status ?? 1)
