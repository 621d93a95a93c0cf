import preset from '@msgr-tooling/vitest-preset'

// The tests of every promise on threads, which take too long for every run. Some start many threads, one after the other.
export default { ...preset, test: { ...preset.test, include: ['test-threads/**/*.test.ts'], testTimeout: 120_000 } }
