import preset from '@msgr-tooling/tsup-preset'

// A thread that is to secure a transport loads no more than it needs for that.
export default { ...preset, entry: ['src/index.ts', 'src/restore-security.ts'] }
