#!/usr/bin/env node
// Compiles the fuzzer of the shim, with clang, libFuzzer and the sanitizers:   node build.mjs FILE
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const native = join(here, '../../../native')
const [out] = process.argv.slice(2)
if (out === undefined) throw new Error('expected the file to write to')

const FLAGS = ['-std=c11', '-D_GNU_SOURCE', '-DNAPI_VERSION=8', '-Wall', '-Wextra', '-Werror', '-g', '-O1']
const SANITIZE = ['-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer']

const OF_LIBUV = ['event-loop.c', 'loop-callback.c', 'watch.c']

// All of the shim but what is libuv's.
const sources = [
  ...readdirSync(native)
    .filter((file) => file.endsWith('.c') && !OF_LIBUV.includes(file))
    .map((file) => join(native, file)),
  ...readdirSync(here)
    .filter((file) => file.endsWith('.c'))
    .map((file) => join(here, file)),
]
const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers')
mkdirSync(dirname(out), { recursive: true })
const args = [
  ...FLAGS,
  ...SANITIZE,
  '-include',
  join(here, 'kernel-names.h'),
  `-I${headers}`,
  ...sources,
  '-lm',
  '-o',
  out,
]
const { status, error } = spawnSync('clang', args, { stdio: 'inherit' })
if (error !== undefined) throw error
process.exitCode = status ?? 1
