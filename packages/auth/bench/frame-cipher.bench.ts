import { MessageFooter, MessageHeader } from '@msgr/message'
import type * as posix from '@msgr/posix'
import { bench, do_not_optimize, group, run, summary } from 'mitata'
import { type AeadFactory, CryptoKey, FrameCipher, MessageSigner } from '../src/index.ts'

// What authentication costs each message: the two ways to protect it, and a copy to compare with.

// Bundled into this file, the shim would look for its binary in another place.
const { AesGcm, aesGcmAvailable } = (await import(import.meta.resolve('@msgr/posix'))) as typeof posix

const secret = new Uint8Array(64).fill(7)
const small = [new Uint8Array(96)]
const large = [new Uint8Array(32), new Uint8Array(65_536), new Uint8Array(16)]

function connect(role: 'dial' | 'accept', aead?: AeadFactory): FrameCipher {
  return new FrameCipher(secret, { role, revision: '2.1', aead })
}

const WAYS: [string, AeadFactory | undefined][] = [['node:crypto', undefined]]
if (aesGcmAvailable()) WAYS.push(['@msgr/posix', (key) => new AesGcm(key)])

for (const [name, parts] of [
  ['96 bytes', small],
  ['64 KiB in three parts', large],
] as const) {
  const length = Buffer.concat(parts).length
  const [sealed, opened] = [new Uint8Array(length + 16), new Uint8Array(length)]
  group(`a frame of ${name}`, () => {
    summary(() => {
      bench('copied', () => {
        do_not_optimize(Buffer.concat(parts))
      })
      for (const [by, aead] of WAYS) {
        const sender = connect('dial', aead)
        bench(`sealed by ${by}`, () => {
          sender.sealInto(parts, sealed, 0)
        })
      }
    })
    summary(() => {
      for (const [by, aead] of WAYS) {
        const [toServer, ofClient] = [connect('dial', aead), connect('accept', aead)]
        bench(`sealed and opened by ${by}`, () => {
          toServer.sealInto(parts, sealed, 0)
          ofClient.openInto(sealed, 0, sealed.length, opened, 0)
        })
      }
    })
  })
}

group('the signature of a message', () => {
  const [header, footer] = [new MessageHeader(), new MessageFooter()]
  summary(() => {
    for (const [name, type] of [
      ['AES', 1],
      ['AES256KRB5', 2],
    ] as const) {
      const signer = new MessageSigner(CryptoKey.generate({ type }), { hasCephxV2: true })
      bench(name, () => {
        signer.sign(header, footer)
        do_not_optimize(footer.signatureLow)
      })
    }
  })
})

await run()
