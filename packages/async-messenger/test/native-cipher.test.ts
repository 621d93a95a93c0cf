import { BufferList } from '@msgr/bufferlist'
import { EntityAddr, EntityName, EntityType, MPing } from '@msgr/message'
import {
  AuthProtocol,
  Policies,
  type Authenticator,
  type Authorizer,
  type AuthorizerVerdict,
  type TransportSecurity,
} from '@msgr/messenger-core'
import { AesGcm } from '@msgr/posix'
import { expect, test } from 'vitest'
import { AsyncMessenger } from '../src/async-messenger.ts'

type Cipher = NonNullable<ReturnType<NonNullable<TransportSecurity['frameCipher']>>>
type AeadFactory = NonNullable<Parameters<NonNullable<TransportSecurity['frameCipher']>>[2]>
type Aead = ReturnType<AeadFactory>

const KEY = new Uint8Array(16).fill(5)

/** Nonces of either direction, counted from nothing. */
class Nonces {
  readonly #nonce = new Uint8Array(12)
  readonly #view = new DataView(this.#nonce.buffer)

  constructor(direction: 'dial' | 'accept') {
    this.#nonce[0] = direction === 'dial' ? 1 : 2
  }

  next(): Uint8Array {
    this.#view.setUint32(8, this.#view.getUint32(8) + 1)
    return this.#nonce
  }
}

/** Frames sealed by what the messenger hands in, and by nothing else. */
class HandedInCipher implements Cipher {
  readonly #aead: Aead
  readonly #sending: Nonces
  readonly #receiving: Nonces

  constructor(aead: Aead, role: 'dial' | 'accept') {
    this.#aead = aead
    this.#sending = new Nonces(role)
    this.#receiving = new Nonces(role === 'dial' ? 'accept' : 'dial')
  }

  /** Nothing here moves from one thread to another. */
  get position(): never {
    throw new Error('a cipher that stays where it is was asked for its position')
  }

  resumeAt(): never {
    throw new Error('a cipher that stays where it is was set to a position')
  }

  seal(parts: readonly Uint8Array[]): Uint8Array[] {
    const sealed = new Uint8Array(parts.reduce((length, part) => length + part.length, 16))
    this.sealInto(parts, sealed, 0)
    return [sealed]
  }

  sealInto(parts: readonly Uint8Array[], target: Uint8Array, at: number): void {
    this.#aead.seal(this.#sending.next(), parts, target, at)
  }

  open(sealed: Uint8Array): Uint8Array {
    const plain = new Uint8Array(sealed.length - 16)
    this.openInto(sealed, 0, sealed.length, plain, 0)
    return plain
  }

  openInto(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
    if (!this.#aead.open(this.#receiving.next(), source, start, end, target, at)) throw new Error('wrong tag')
  }

  startOpening(): never {
    throw new Error('expected frames of 2.1, got one of 2.0')
  }
}

/** Believes everyone, and encrypts with a key that everyone has. */
class SharedKeyAuthenticator implements Authenticator {
  readonly aeads: Aead[] = []

  getAuthorizer(): Authorizer {
    return { protocol: AuthProtocol.cephx, bytes: Uint8Array.of(1) }
  }

  checkAnswer(): TransportSecurity {
    return this.#security()
  }

  verifyAuthorizer(): AuthorizerVerdict {
    return { kind: 'accepted', reply: new Uint8Array(0), globalId: 1n, security: this.#security() }
  }

  #security(): TransportSecurity {
    return {
      frameCipher: (_revision, role, makeAead) => {
        if (makeAead === undefined) return undefined
        const aead = makeAead(KEY)
        this.aeads.push(aead)
        return new HandedInCipher(aead, role)
      },
    }
  }
}

test('frames are encrypted by the native cipher, messages of all sizes arrive as they were', async () => {
  const authenticators = [new SharedKeyAuthenticator(), new SharedKeyAuthenticator()]
  const settings = authenticators.map((authenticator) => ({ authenticator, clusterMode: 'secure' }))
  const server = new AsyncMessenger(EntityName.osd(0), settings[0])
  const client = new AsyncMessenger(EntityName.osd(1), settings[1])
  server.setDefaultPolicy(Policies.statelessServer())
  client.setDefaultPolicy(Policies.lossyClient())
  const sizes = [0, 1, 15, 16, 100, 4096, 16_384, 65_536, 1_000_003]
  const bodies = sizes.map((size) => new Uint8Array(size).map((_, i) => i * 7))
  const received: Uint8Array[] = []
  const all = new Promise<void>((resolve) => {
    server.addDispatcherHead({
      msDispatch: (message) => {
        received.push(message.data.toContiguous())
        if (received.length === sizes.length) resolve()
        return true
      },
    })
  })
  const addr = await server.bind(EntityAddr.parse('v2:127.0.0.1:0'))
  const connection = client.getConnection({ type: EntityType.osd, addr })
  for (const body of bodies) {
    const ping = new MPing()
    ping.data = new BufferList(body)
    connection.sendMessage(ping)
  }
  await all
  await Promise.all([client.shutdown(), server.shutdown()])
  received.forEach((body, i) => expect(Buffer.from(bodies[i] ?? []).equals(body)).toBe(true))
  for (const { aeads } of authenticators) {
    expect(aeads.length).toBeGreaterThan(0)
    expect(aeads.every((aead) => aead instanceof AesGcm)).toBe(true)
  }
})
