import { expect, test } from 'vitest'
import { parseSearchDomains, systemResolver } from '../src/mon-resolver.ts'

test('the last line of resolv.conf that names domains counts', () => {
  expect(parseSearchDomains('nameserver 10.0.0.1\ndomain a.example\nsearch b.example  c.example .\n')).toEqual([
    'b.example',
    'c.example',
  ])
  expect(parseSearchDomains('# search a.example\nnameserver 10.0.0.1')).toEqual([])
})

test('the system knows itself', async () => {
  expect(await systemResolver.addresses('localhost')).toEqual(
    expect.arrayContaining([expect.stringMatching(/^127\.|^::1$/)]),
  )
  expect(await systemResolver.searchDomains()).toBeInstanceOf(Array)
})
