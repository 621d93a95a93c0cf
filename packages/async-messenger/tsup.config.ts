import preset from '@msgr-tooling/tsup-preset'

// What a worker's thread runs is a module of its own.
export default { ...preset, entry: ['src/index.ts', 'src/worker-thread.ts'] }
