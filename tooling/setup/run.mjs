#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { nodeProblem } from './src/node-version.mjs'

// An old Node must get as far as the sentence that says so. Therefore this file and node-version.mjs keep to what
// Node 12 can parse, and everything else is imported only once the version is known to do.
const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const problem = nodeProblem(process.version, engines.node)

if (problem === undefined) {
  import('./src/main.mjs').then(({ main }) => main(process.argv.slice(2)))
} else {
  console.error(problem)
  process.exitCode = 1
}
