import { type UTime } from '@msgr/bufferlist'
import fc from 'fast-check'
import { CryptoKey, KeyType, PrincipalName } from '../src/index.ts'
import { type CapsInfo } from '../src/ticket-structs.ts'

export const uint32: fc.Arbitrary<number> = fc.nat({ max: 0xffffffff })
export const uint64: fc.Arbitrary<bigint> = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
export const bytes: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 100 })
export const time: fc.Arbitrary<UTime> = fc.record({ seconds: uint32, nanoseconds: fc.nat({ max: 999_999_999 }) })
export const aesKey: fc.Arbitrary<CryptoKey> = fc
  .record({ secret: fc.uint8Array({ minLength: 16, maxLength: 16 }), created: time })
  .map((fields) => new CryptoKey({ type: KeyType.aes, ...fields }))
export const krb5Key: fc.Arbitrary<CryptoKey> = fc
  .record({ secret: fc.uint8Array({ minLength: 32, maxLength: 32 }), created: time })
  .map((fields) => new CryptoKey({ type: KeyType.aes256Krb5, ...fields }))
export const key: fc.Arbitrary<CryptoKey> = fc.oneof(aesKey, krb5Key)
export const name: fc.Arbitrary<PrincipalName> = fc
  .record({ type: fc.constantFrom(1, 2, 4, 8, 16, 32), id: fc.string({ maxLength: 20, unit: 'grapheme' }) })
  .map(({ type, id }) => new PrincipalName(type, id))
export const capsInfo: fc.Arbitrary<CapsInfo> = fc.record({
  allowAll: fc.boolean(),
  caps: fc.string({ maxLength: 60 }),
})
