import { expect, test } from 'vitest'
import { checkFileSize } from '../src/check-file-size.mjs'
import { workspaceWith } from './workspace-fixture.ts'

test('a source of 400 lines is fine; one of 401 is found, in tests and tooling as well', () => {
  const tree = workspaceWith({
    'packages/a/src/fine.ts': '\n'.repeat(400),
    'packages/a/src/fine-too.ts': `${'\n'.repeat(399)}last line without an end`,
    'packages/a/src/long.ts': '\n'.repeat(401),
    'packages/a/test/long.test.ts': '\n'.repeat(500),
    'tooling/a/src/long.mjs': '\n'.repeat(401),
    'packages/a/test/golden/long.txt': '\n'.repeat(5000),
  })
  expect(checkFileSize(tree)).toEqual([
    { path: 'packages/a/src/long.ts', line: 401, message: '401 lines: a file is one concept and has at most 400' },
    {
      path: 'packages/a/test/long.test.ts',
      line: 401,
      message: '500 lines: a file is one concept and has at most 400',
    },
    { path: 'tooling/a/src/long.mjs', line: 401, message: '401 lines: a file is one concept and has at most 400' },
  ])
})
