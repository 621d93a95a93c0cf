export { default } from '@msgr-tooling/tsup-preset'
