import preset from '@msgr-tooling/tsup-preset'

// The demo's messages are sources of an application, which nobody builds for others: they are bundled.
const bundled = ['@msgr-apps/heartbeat-demo']

export default { ...preset, entry: ['src/cli.ts', 'src/*-thread.ts'], noExternal: bundled }
