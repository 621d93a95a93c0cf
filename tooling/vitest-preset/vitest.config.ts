export { default } from '@msgr-tooling/vitest-preset'
