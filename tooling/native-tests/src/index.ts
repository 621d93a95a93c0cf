export { describeNeeding, missingCommand } from './requirement.ts'
export { run, type Outcome } from './run-command.ts'
export { buildSanitizedShim, type PlantedDefect } from './sanitized-shim.ts'
export { describeUnder, missingSanitizer, sanitizers, type Sanitized, type Sanitizer } from './sanitizer.ts'
