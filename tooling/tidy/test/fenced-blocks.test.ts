import { expect, test } from 'vitest'
import { fencedBlocks } from '../src/fenced-blocks.mjs'

test('blocks come with their language, their text, their line and what stands before them', () => {
  const markdown = 'Intro\n```js\nconst a = 1\n\nlast()\n```\nbetween\n\n``` text\n1\n```\n```\nno language\n```\nend\n'
  expect(fencedBlocks(markdown)).toEqual([
    { language: 'js', text: 'const a = 1\n\nlast()\n', line: 2, before: 'Intro\n' },
    { language: 'text', text: '1\n', line: 9, before: 'between\n\n' },
    { language: '', text: 'no language\n', line: 12, before: '' },
  ])
})
