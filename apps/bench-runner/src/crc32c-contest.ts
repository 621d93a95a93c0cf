import { crc32c } from '@msgr/bufferlist'
import { crc32c as crc32cOfShim } from '@msgr/posix'
import type { Contest, ContestCase, Contestant } from './contest.ts'
import { needShim } from './need-shim.ts'
import { loadPeer } from './peers.ts'

const CASES = [
  { name: '64B', length: 64 },
  { name: '4KiB', length: 4096 },
  { name: '1MiB', length: 0x10_0000 },
]
/** Ceph's CRC is not inverted before and after, as that of all others is. */
const INVERSION = 0xffff_ffff
/** The polynomial, reversed. */
const CASTAGNOLI = 0x82f6_3b78

function contestant(standardCrcOf: () => number): Contestant {
  return { operate: standardCrcOf, prove: () => ({ crc: (standardCrcOf() >>> 0).toString(16) }) }
}

function caseOf(name: string, length: number): ContestCase {
  const bytes = Buffer.from(Uint8Array.from({ length }, (_, index) => index * 7))
  return {
    name,
    bytesPerOperation: length,
    subjects: {
      bufferlist: () => contestant(() => ~crc32c(bytes, INVERSION)),
      posix: () => {
        needShim()
        return contestant(() => ~crc32cOfShim(bytes, INVERSION))
      },
      '@node-rs/crc32': async () => {
        const peer = await loadPeer<{ crc32c: (input: Buffer) => number }>('@node-rs/crc32')
        return contestant(() => peer.crc32c(bytes))
      },
      '@chainsafe/fast-crc32c': async () => {
        const peer = await loadPeer<{ default: { calculate: (input: Buffer) => number } }>('@chainsafe/fast-crc32c')
        return contestant(() => peer.default.calculate(bytes))
      },
      '@aws-crypto/crc32c': async () => {
        const peer = await loadPeer<{ crc32c: (input: Uint8Array) => number }>('@aws-crypto/crc32c')
        return contestant(() => peer.crc32c(bytes))
      },
      'crc-32': async () => {
        const peer = await loadPeer<{ default: { buf: (input: Uint8Array) => number } }>('crc-32/crc32c.js')
        return contestant(() => peer.default.buf(bytes))
      },
      'hash-wasm': async () => {
        interface Hasher {
          init(): Hasher
          update(input: Uint8Array): Hasher
          digest(): string
        }
        const peer = await loadPeer<{ createCRC32: (polynomial: number) => Promise<Hasher> }>('hash-wasm')
        const hasher = await peer.createCRC32(CASTAGNOLI)
        return contestant(() => Number.parseInt(hasher.init().update(bytes).digest(), 16))
      },
    },
  }
}

/** CRC-32C in TypeScript, and through the shim, against the packages for it. */
export const crc32cContest: Contest = {
  name: 'crc32c',
  ours: ['bufferlist', 'posix'],
  cases: CASES.map(({ name, length }) => caseOf(name, length)),
}
