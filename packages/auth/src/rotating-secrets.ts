import { type Codec, mapOf, MalformedInputError, uint64, type UTime, utime } from '@msgr/bufferlist'
import { type CryptoKey, cryptoKeyCodec } from './crypto-key.ts'
import { AuthLimits } from './limits.ts'
import { readVersion } from './payload-codec.ts'

/** A secret that services share, and how long tickets are sealed with it or opened. Ceph: ExpiringCryptoKey */
export interface ExpiringKey {
  readonly key: CryptoKey
  readonly expiration: UTime
}

/** The secrets of one kind of service: as a rule the last, the present and the next. Ceph: RotatingSecrets */
export interface RotatingSecrets {
  readonly secrets: ReadonlyMap<bigint, ExpiringKey>
  /** The id given out last. */
  readonly maxVersion: bigint
}

const expiringKeyCodec: Codec<ExpiringKey> = {
  minLength: 21,
  encode: (encoder, { key, expiration }) => {
    encoder.writeUInt8(1)
    cryptoKeyCodec.encode(encoder, key)
    utime.encode(encoder, expiration)
  },
  decode: (cursor) => {
    readVersion(cursor, 'a rotating secret')
    const key = cryptoKeyCodec.decode(cursor)
    return { key, expiration: utime.decode(cursor) }
  },
}

const secretsCodec = mapOf(uint64, expiringKeyCodec)

/** Version u8 1, map of secret id u64 to version u8 1, key, expiration utime; max version u64. */
export const rotatingSecretsCodec: Codec<RotatingSecrets> = {
  minLength: 13,
  encode: (encoder, { secrets, maxVersion }) => {
    encoder.writeUInt8(1)
    secretsCodec.encode(encoder, secrets)
    encoder.writeBigUInt64LE(maxVersion)
  },
  decode: (cursor) => {
    readVersion(cursor, 'rotating secrets')
    const secrets = secretsCodec.decode(cursor)
    if (secrets.size > AuthLimits.maxRotatingSecrets) {
      const text = `rotating secrets: expected at most ${AuthLimits.maxRotatingSecrets}, got ${secrets.size}`
      throw new MalformedInputError(text, { count: secrets.size })
    }
    return { secrets, maxVersion: cursor.readBigUInt64LE() }
  },
}
