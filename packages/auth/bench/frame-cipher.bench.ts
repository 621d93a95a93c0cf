import { MessageFooter, MessageHeader } from '@msgr/message'
import { bench, do_not_optimize, group, run, summary } from 'mitata'
import { CryptoKey, FrameCipher, MessageSigner } from '../src/index.ts'

// What authentication costs each message: the two ways to protect it, and a copy to compare with.

const secret = new Uint8Array(64).fill(7)
const small = [new Uint8Array(96)]
const large = [new Uint8Array(32), new Uint8Array(65_536), new Uint8Array(16)]

function connect(role: 'dial' | 'accept'): FrameCipher {
  return new FrameCipher(secret, { role, revision: '2.1' })
}

for (const [name, parts] of [
  ['96 bytes', small],
  ['64 KiB in three parts', large],
] as const) {
  group(`a frame of ${name}`, () => {
    const sender = connect('dial')
    summary(() => {
      bench('copied', () => {
        do_not_optimize(Buffer.concat(parts))
      })
      bench('sealed', () => {
        do_not_optimize(sender.seal(parts))
      })
    })
    const [toServer, ofClient] = [connect('dial'), connect('accept')]
    bench('sealed, joined and opened', () => {
      do_not_optimize(ofClient.open(Buffer.concat(toServer.seal(parts))))
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
