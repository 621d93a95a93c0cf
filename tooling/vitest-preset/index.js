import { defineConfig } from 'vitest/config'

// Tests run against the sources of every package of the workspace, so they need no build. Node's own resolver
// is used for server-side imports, hence the condition in both places.
const conditions = ['msgr-source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'test-report.json' }]],
    testTimeout: 30_000,
    isolate: false,
  },
})
