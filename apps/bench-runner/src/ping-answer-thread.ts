import { makePingAnswerer } from '@msgr-apps/heartbeat-demo'

// The demonstration's own, built into a module of this program. The messenger loads a module for its default export.
export default makePingAnswerer
