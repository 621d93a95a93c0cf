import preset from '@msgr-tooling/vitest-preset'
import { mergeConfig, type ViteUserConfig } from 'vitest/config'

// Most of the time these tests wait for daemons to take their time, so more files run at once than there are cores.
const config: ViteUserConfig = mergeConfig(preset, { test: { maxWorkers: 3 } })
export default config
