import preset from '@msgr-tooling/vitest-preset'
import { mergeConfig, type ViteUserConfig } from 'vitest/config'

// Most of a test's time is waiting for a network that is cut, so several run at once, each on a network of its own.
const config: ViteUserConfig = mergeConfig(preset, { test: { maxConcurrency: 6, testTimeout: 60_000 } })

export default config
