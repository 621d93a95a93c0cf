import preset from '@msgr-tooling/tsup-preset'

export default { ...preset, entry: ['src/*-process.ts'] }
