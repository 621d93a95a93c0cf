import { BufferEncoder, type Codec } from '@msgr/bufferlist'
import { type SealingKey } from './crypto-key.ts'
import { foldWords } from './fold-words.ts'
import { KeyType } from './key-cipher.ts'
import { KeyUsage } from './key-usage.ts'
import { encodeToBytes } from './payload-codec.ts'
import { seal, sealedBytes } from './seal.ts'

/** The two challenges of a login: the monitor's, then the client's. */
export interface Challenges {
  readonly server: bigint
  readonly client: bigint
}

const challengesCodec: Codec<Challenges> = {
  minLength: 16,
  encode: (encoder, { server, client }) => {
    encoder.writeBigUInt64LE(server).writeBigUInt64LE(client)
  },
  decode: (cursor) => {
    const server = cursor.readBigUInt64LE()
    return { server, client: cursor.readBigUInt64LE() }
  },
}

/**
 * The number by which a client shows that it knows its secret. For AES it folds the first four words of the sealed
 * challenges, their length included and their last four bytes not; for AES256KRB5, whose seals never repeat, a MAC.
 * Ceph: src/auth/cephx/CephxProtocol.cc, cephx_calc_client_server_challenge
 */
export function challengeProof(key: SealingKey, challenges: Challenges): bigint {
  if (key.type === KeyType.aes256Krb5) return foldWords(key.hmacSha256(encodeToBytes(challengesCodec, challenges)))
  const encoder = new BufferEncoder()
  sealedBytes.encode(encoder, seal({ key, usage: KeyUsage.other }, challengesCodec, challenges))
  return foldWords(encoder.toBufferList().toContiguous())
}
