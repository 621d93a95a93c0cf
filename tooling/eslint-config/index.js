import { fileURLToPath } from 'node:url'
import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import globals from 'globals'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** All of the workspace as two programs: one for each member would read, and check, what it has from others again. */
const PROJECTS = ['workspace.json', 'workspace-javascript.json'].map((name) =>
  fileURLToPath(new URL(`../tsconfig/${name}`, import.meta.url)),
)

/** The rules of the workspace: typescript-eslint's strict set with type information; formatting is Prettier's. */
export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/node_modules/',
    '**/prebuilds/',
    '**/coverage/',
    '**/test-report.json',
    '**/*.config.ts',
  ]),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: PROJECTS } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/prefer-literal-enum-member': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // A test file holds many tests in one describe block, and its fixtures lean on non-null assertions.
    files: ['**/test/**/*.ts', '**/bench/**/*.ts', 'tooling/messenger-compliance/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['apps/**/*.ts', '**/bench/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    // The protocol is a machine that does no I/O: time and chance are arguments, and nothing happens later by itself.
    files: ['packages/msgr-protocol/src/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['Buffer', 'Date', 'Promise', 'performance', 'process', 'queueMicrotask'],
        ...['setImmediate', 'setInterval', 'setTimeout'],
      ],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
      'no-restricted-syntax': ['error', 'AwaitExpression', 'ImportExpression'],
    },
  },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.node } },
  prettier,
)
