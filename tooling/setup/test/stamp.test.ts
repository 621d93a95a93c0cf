import { join } from 'node:path'
import { utimesSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Stamp, expandPatterns, hashFiles, listFilesBelow } from '../src/stamp.mjs'
import { temporaryFolder } from './temporary-folder.ts'

test('all files below a folder are listed, at any depth; an absent folder has none', () => {
  const root = temporaryFolder({ 'src/b.ts': '', 'src/a/z.ts': '', 'other/c.ts': '' })
  expect(listFilesBelow(root, 'src')).toEqual(['src/a/z.ts', 'src/b.ts'])
  expect(listFilesBelow(root, 'absent')).toEqual([])
})

test('patterns name a file or everything below a folder; any other is refused', () => {
  const root = temporaryFolder({ 'p/src/a.ts': '', 'p/src/deep/b.ts': '', 'p/package.json': '{}' })
  expect(expandPatterns(root, 'p', ['src/**', 'package.json', 'absent.json'])).toEqual([
    'p/src/a.ts',
    'p/src/deep/b.ts',
    'p/package.json',
    'p/absent.json',
  ])
  expect(() => expandPatterns(root, 'p', ['src/*.ts'])).toThrow('expected a file or folder/**, got src/*.ts')
})

describe('hashFiles', () => {
  const files = { a: 'one', b: 'two' }

  test('does not depend on the order of the paths or on file times', () => {
    const root = temporaryFolder(files)
    const before = hashFiles(root, ['a', 'b'])
    utimesSync(join(root, 'a'), 1, 1)
    expect(hashFiles(root, ['b', 'a'])).toBe(before)
  })

  test('tells contents, names, words, and empty from missing files apart', () => {
    const root = temporaryFolder({ ...files, empty: '' })
    const hashes = [
      hashFiles(root, ['a', 'b']),
      hashFiles(root, ['a']),
      hashFiles(root, ['b']),
      hashFiles(root, ['a', 'b'], ['word']),
      hashFiles(root, ['a', 'b'], ['wo', 'rd']),
      hashFiles(root, ['a', 'b', 'empty']),
      hashFiles(root, ['a', 'b', 'missing']),
      hashFiles(temporaryFolder({ ...files, empty: ' ' }), ['a', 'b', 'empty']),
      hashFiles(temporaryFolder({ a: 'onet', b: 'wo' }), ['a', 'b']),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

test('a stamp is current only for the value that was written last', () => {
  const stamp = new Stamp(join(temporaryFolder(), 'not/there/yet'))
  expect(stamp.isCurrent('one')).toBe(false)
  stamp.write('one')
  expect(stamp.isCurrent('one')).toBe(true)
  expect(stamp.isCurrent('two')).toBe(false)
  stamp.remove()
  expect(stamp.isCurrent('one')).toBe(false)
  stamp.remove()
})
