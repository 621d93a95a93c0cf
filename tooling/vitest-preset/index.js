import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Tests run against the sources of every package of the workspace, so they need no build. Node's own resolver
// is used for server-side imports, hence the condition in both places.
const conditions = ['msgr-source']
/** Where something is wrong with everything, each test takes its time to fail, and ten say enough. */
const MOST_FAILURES = 10

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'test-report.json' }]],
    setupFiles: [fileURLToPath(new URL('./keep-timers.ts', import.meta.url))],
    testTimeout: 30_000,
    bail: MOST_FAILURES,
    isolate: false,
  },
})
