import { type Codec } from '@msgr/bufferlist'
import { type CryptoKey } from './crypto-key.ts'
import { KeyUsage } from './key-usage.ts'
import { CephxRequest, replyOf, requestOf } from './login-structs.ts'
import { encodeToBytes, readPayload } from './payload-codec.ts'
import { type RotatingSecrets, rotatingSecretsCodec } from './rotating-secrets.ts'
import { sealedBytes, unseal } from './seal.ts'

const nothing: Codec<undefined> = { minLength: 0, encode: () => undefined, decode: () => undefined }
const requestCodec = requestOf(CephxRequest.rotatingKey, nothing)
const replyCodec = replyOf(CephxRequest.rotatingKey, sealedBytes)

/** How a service gets the secrets that open its clients' tickets. Ceph: src/auth/cephx/CephxClientHandler.cc */
export class RotatingSecretsFetch {
  /** For an MAuth with protocol 2. */
  readonly payload: Uint8Array = encodeToBytes(requestCodec, undefined)
  readonly #key: CryptoKey

  constructor(key: CryptoKey) {
    this.#key = key
  }

  /** Reads the reply. Throws `AuthProtocolError`, or `SealError` if it is not for us. */
  receive(payload: Uint8Array): RotatingSecrets {
    const sealed = readPayload('rotating secrets', replyCodec, payload)
    return unseal({ key: this.#key, usage: KeyUsage.rotatingSecrets }, rotatingSecretsCodec, sealed)
  }
}
