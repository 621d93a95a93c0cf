import { expect, test } from 'vitest'
import { checkFileNames } from '../src/check-file-names.mjs'
import { workspaceWith } from './workspace-fixture.ts'

test.each([
  'packages/a/src/frame-reader.ts',
  'packages/a/src/crc32c.ts',
  'packages/a/test/frame-reader.test.ts',
  'packages/a/bench/frame-reader.bench.ts',
  'packages/a/tsup.config.ts',
  'packages/a/src/entity-type.ts',
  'packages/a/native/shim.c',
  'packages/a/test/golden/Any_Name.txt',
])('%s is well named', (path) => {
  expect(checkFileNames(workspaceWith({ [path]: '' }))).toEqual([])
})

test.each([
  ['packages/a/src/frameReader.ts', 'frameReader.ts is not kebab-case'],
  ['packages/a/src/frame_reader.ts', 'frame_reader.ts is not kebab-case'],
  ['packages/a/src/frame.reader.ts', 'frame.reader.ts is not kebab-case'],
  ['packages/a/src/utils.ts', '"utils" names no concept'],
  ['packages/a/src/helpers.ts', '"helpers" names no concept'],
  ['packages/a/src/common.ts', '"common" names no concept'],
  ['packages/a/src/types.ts', '"types" names no concept'],
  ['packages/a/src/buffer-utils.ts', '"buffer-utils" names no concept'],
  ['packages/a/test/test-helper.ts', '"test-helper" names no concept'],
  ['packages/utils/src/a.ts', '"utils" names no concept'],
])('%s: %s', (path, message) => {
  expect(checkFileNames(workspaceWith({ [path]: '' }))).toEqual([{ path, line: 1, message }])
})
