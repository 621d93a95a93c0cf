import { once } from 'node:events'
import { inspect } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { Feature, FEATURES_ALL, MessageFooter, MessageHeader } from '@msgr/message'
import type { PortableSecurity } from '@msgr/msgr-protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONNECTION_SECRET_LENGTH, CryptoKey, KeyError, KeyType, SessionSecurity } from '../src/index.ts'
import { restoreSecurity } from '../src/restore-security.ts'
import * as arbitrary from './arbitraries.ts'

const connectionSecret = fc.constantFrom(0, CONNECTION_SECRET_LENGTH).map((length) => {
  return Uint8Array.from({ length }, (_, i) => i + 1)
})
const session = fc.record({ sessionKey: arbitrary.key, connectionSecret })

function portableOf(original: SessionSecurity): PortableSecurity {
  return original.portable
}

function securityOf(key = CryptoKey.generate(), secret = new Uint8Array(CONNECTION_SECRET_LENGTH)): SessionSecurity {
  return SessionSecurity.of({ sessionKey: key, connectionSecret: secret })!
}

/** What a signature of a message is, or what making the signer throws. */
function signatureOf(security: SessionSecurity, features: bigint): string | undefined {
  const [header, footer] = [new MessageHeader(), new MessageFooter()]
  header.crc = 77
  try {
    const signer = security.messageSigner(features)
    signer?.sign(header, footer)
    return signer && `${footer.flags} ${footer.signatureLow} ${footer.signatureHigh}`
  } catch (error) {
    return String(error)
  }
}

describe.each([
  ['structuredClone', (data: unknown): unknown => structuredClone(data)],
  ['serialize', (data: unknown): unknown => deserialize(serialize(data))],
])('security that crosses by %s', (_, copy) => {
  test('signs as before, whatever the key, the features and the options', () => {
    fc.assert(
      fc.property(session, fc.boolean(), fc.array(arbitrary.bytes), (each, signMessages, parts) => {
        const original = SessionSecurity.of(each, { signMessages })!
        const restored = restoreSecurity(copy(original.portable.data))
        expect(restored.signTranscript(parts)).toEqual(original.signTranscript(parts))
        expect(restored.checkTranscript(parts, original.signTranscript(parts))).toBe(true)
        for (const features of [FEATURES_ALL, FEATURES_ALL & ~Feature.cephxV2, 0n]) {
          expect(signatureOf(restored, features)).toBe(signatureOf(original, features))
        }
      }),
    )
  })

  test.each(['2.0', '2.1'] as const)('seals and opens frames of %s as before', (revision) => {
    fc.assert(
      fc.property(session, arbitrary.bytes, (each, plain) => {
        const original = SessionSecurity.of(each)!
        const restored = restoreSecurity(copy(original.portable.data))
        for (const [role, other] of [
          ['dial', 'accept'],
          ['accept', 'dial'],
        ] as const) {
          const [before, after] = [original, restored].map((one) => one.frameCipher(revision, role))
          expect(after === undefined).toBe(each.connectionSecret.length === 0)
          if (before === undefined || after === undefined) return
          const sealed = Buffer.concat(before.seal([plain]))
          expect(Buffer.concat(after.seal([plain]))).toEqual(sealed)
          expect(Buffer.from(original.frameCipher(revision, other)!.open(sealed))).toEqual(Buffer.from(plain))
          expect(Buffer.from(restored.frameCipher(revision, other)!.open(sealed))).toEqual(Buffer.from(plain))
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('portable security', () => {
  test('has the secrets in memory of its own', () => {
    const original = securityOf()
    const { secret, connectionSecret: bytes } = original.portable.data
    const signature = original.signTranscript([])
    for (const each of [secret, bytes]) {
      expect(each.buffer.byteLength).toBe(each.length)
      each.fill(1)
    }
    expect(original.signTranscript([])).toEqual(signature)
    expect(original.portable.data.connectionSecret).toEqual(new Uint8Array(CONNECTION_SECRET_LENGTH))
  })

  test('does not show where a session is shown', () => {
    const key = CryptoKey.generate()
    const secret = Uint8Array.from({ length: CONNECTION_SECRET_LENGTH }, () => 0xc7)
    for (const text of [
      inspect(securityOf(key, secret), { showHidden: true }),
      JSON.stringify(securityOf(key, secret)),
    ]) {
      expect(text).not.toMatch(/199|c7|secret/)
    }
  })

  test('of a key of type 0 is restored as well, where such a one was let in', () => {
    const key = new CryptoKey({ type: KeyType.none, secret: new Uint8Array(0) }, { allowNone: true })
    const original = securityOf(key)
    expect(restoreSecurity(original.portable.data).signTranscript([])).toEqual(original.signTranscript([]))
  })

  test('is restored by the built module that it names, on another thread', async () => {
    const original = securityOf()
    const { module, data } = portableOf(original)
    expect(module).toMatch(/^file:.*\/dist\/restore-security\.js$/)
    const program = `
      const { parentPort, workerData: { module, data } } = require('node:worker_threads')
      import(module).then(({ restoreSecurity }) => {
        parentPort.postMessage(Buffer.concat(restoreSecurity(data).frameCipher('2.1', 'dial').seal([Uint8Array.of(5, 6)])))
      })`
    // Without the flags of the test runner, by which packages are their sources.
    const worker = new Worker(program, { eval: true, execArgv: [], workerData: { module, data } })
    const [sealed] = (await once(worker, 'message')) as [Uint8Array]
    await worker.terminate()
    expect([...original.frameCipher('2.1', 'accept')!.open(sealed)]).toEqual([5, 6])
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'secret'],
    ['no fields', {}],
    ['no key type', { keyType: undefined }],
    ['a secret that is none', { secret: 'AAAA' }],
    ['a connection secret that is none', { connectionSecret: [1, 2] }],
    ['no word on signing', { signMessages: undefined }],
  ])('that is %s is refused', (_, wrong) => {
    const data = typeof wrong === 'object' && wrong !== null && Object.keys(wrong).length > 0
    const given: unknown = data ? { ...securityOf().portable.data, ...wrong } : wrong
    expect(() => restoreSecurity(given)).toThrow(KeyError)
    expect(() => restoreSecurity(given)).toThrow('expected the data of SessionSecurity.portable, got something else')
  })

  test('with a key that is none is refused', () => {
    const { data } = securityOf().portable
    expect(() => restoreSecurity({ ...data, keyType: 9 })).toThrow(KeyError)
    expect(() => restoreSecurity({ ...data, secret: new Uint8Array(3) })).toThrow(KeyError)
  })
})
