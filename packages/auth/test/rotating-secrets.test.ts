import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CryptoKey, rotatingSecretsCodec } from '../src/index.ts'
import { decodeFromBytes, encodeToBytes } from '../src/payload-codec.ts'
import * as arbitrary from './arbitraries.ts'
import { expectInverse } from './structs.ts'

const secrets = fc
  .uniqueArray(fc.tuple(arbitrary.uint64, fc.record({ key: arbitrary.key, expiration: arbitrary.time })), {
    selector: ([id]) => id,
    maxLength: 4,
  })
  .map((pairs) => new Map(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1))))

test('rotating secrets are decoded as they were encoded', () => {
  expectInverse(rotatingSecretsCodec, fc.record({ secrets, maxVersion: arbitrary.uint64 }))
})

test('there are 32 of them at most', () => {
  const key = CryptoKey.generate()
  const many = Array.from({ length: 33 }, (_, i) => [BigInt(i), { key, expiration: key.created }] as const)
  const bytes = encodeToBytes(rotatingSecretsCodec, { secrets: new Map(many), maxVersion: 33n })
  expect(() => decodeFromBytes(rotatingSecretsCodec, bytes)).toThrow('rotating secrets: expected at most 32, got 33')
})
