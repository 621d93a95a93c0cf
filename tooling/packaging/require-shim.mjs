#!/usr/bin/env node
import { existsSync } from 'node:fs'

// The prepack script of @msgr/posix, run in its folder: a tarball without the shim would install everywhere and work
// nowhere.
const shim = 'prebuilds/linux-x64/msgr-posix.node'
if (!existsSync(shim)) {
  console.error(`refusing to pack: ${shim} is missing. Build it on Linux x64 with a C compiler: npm run build`)
  process.exitCode = 1
}
