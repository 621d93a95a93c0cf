import preset from '@msgr-tooling/tsup-preset'

// The demo's messages are sources of an application, which nobody builds for others: they are bundled.
export default { ...preset, noExternal: ['@msgr-apps/heartbeat-demo'] }
