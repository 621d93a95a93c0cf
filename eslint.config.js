export { default } from '@msgr-tooling/eslint-config'
