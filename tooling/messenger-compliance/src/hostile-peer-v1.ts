import { crc32c } from '@msgr/bufferlist'
import {
  EntityAddr,
  EntityType,
  LEGACY_ADDR_SIZE,
  MESSAGE_FOOTER_SIZE,
  MESSAGE_HEADER_SIZE,
  writeLegacyAddr,
} from '@msgr/message'
import { HTTP_REQUEST, NOISE, SSH_BANNER, TLS_HELLO } from './foreign-bytes.ts'
import type { HostilePeer } from './hostile-peer.ts'

const BANNER = Buffer.from('ceph v027')

/** The first 145 bytes of a dialling end: banner and address. */
function greeting(nonce: number): Buffer {
  const addr = Buffer.alloc(LEGACY_ADDR_SIZE)
  writeLegacyAddr(EntityAddr.fromIp('v1', '127.0.0.1', 0, nonce), addr, 0)
  return Buffer.concat([BANNER, addr])
}

/** A request of a client for a new session: 33 bytes and an authorizer of as many bytes as it says. */
function connectRequest(fields: { authorizerLength?: number } = {}): Buffer {
  const request = Buffer.alloc(33)
  request.writeBigUInt64LE(0x3f01cfbdfffdffffn, 0)
  request.writeUInt32LE(EntityType.client, 8)
  request.writeUInt32LE(1, 12)
  request.writeUInt32LE(24, 20)
  request.writeUInt32LE(fields.authorizerLength ?? 0, 28)
  return request
}

interface MessageFields {
  readonly headerCrc?: number
  readonly seq?: number
  readonly data?: Uint8Array
}

/** A ping with nothing but data: tag 7, header 53, data, footer 21. Without any, the first of its session, and empty. */
function message({ headerCrc, seq = 1, data = new Uint8Array(0) }: MessageFields = {}): Buffer {
  const head = Buffer.alloc(1 + MESSAGE_HEADER_SIZE)
  const crcAt = MESSAGE_HEADER_SIZE - 3
  head[0] = 7
  head.writeBigUInt64LE(BigInt(seq), 1)
  head.writeBigUInt64LE(BigInt(seq), 9)
  head.writeUInt16LE(2, 17)
  head.writeUInt32LE(data.length, 31)
  head.writeUInt32LE(headerCrc ?? crc32c(head, 0, 1, crcAt), crcAt)
  const footer = Buffer.alloc(MESSAGE_FOOTER_SIZE)
  footer.writeUInt32LE(crc32c(data, 0), 8)
  // It is complete.
  footer[MESSAGE_FOOTER_SIZE - 1] = 1
  return Buffer.concat([head, data, footer])
}

/** In seq 0, which a dialling end tells after the reply. */
const IN_SEQ = Buffer.alloc(8)

const OPENING = [greeting(5), connectRequest(), IN_SEQ]

function bytes(...parts: readonly Buffer[]): () => Buffer {
  return () => Buffer.concat(parts)
}

export const HOSTILE_PEER_V1: HostilePeer = {
  goodFrames: () => [...OPENING, message()],
  halfDoneCount: 1,
  goodMessage: (seq, data) => message({ seq, data }),
  badDiallers: [
    { what: 'a request of HTTP', bytes: bytes(HTTP_REQUEST), logged: /banner: expected "ceph v027"/ },
    {
      what: 'the banner of version 2',
      bytes: bytes(Buffer.from('ceph v2\n\x10\0\0\0\0\0\0\0')),
      logged: /banner: expected "ceph v027"/,
    },
    { what: 'a hello of TLS', bytes: bytes(TLS_HELLO), logged: /banner: expected "ceph v027"/ },
    {
      what: 'an authorizer of 4 GiB',
      bytes: bytes(greeting(1), connectRequest({ authorizerLength: 0xffffffff })),
      logged: /length of the authorizer/,
    },
    { what: 'a frame of no known tag', bytes: bytes(...OPENING, Buffer.of(99)), logged: /tag of a frame/ },
    {
      what: 'a header with a wrong crc',
      bytes: bytes(...OPENING, message({ headerCrc: 1 })),
      logged: /crc of a message header/,
    },
    {
      what: 'an end in the middle of the banner',
      bytes: bytes(Buffer.from('ceph')),
      logged: /the peer has closed the socket|socket is closed/,
    },
    {
      what: 'an end in the middle of a header',
      bytes: bytes(...OPENING, message().subarray(0, 30)),
      logged: /the peer has closed/,
    },
  ],
  impostors: [
    ['another protocol', SSH_BANNER],
    ['random bytes', NOISE],
    ['a good greeting and then nonsense', Buffer.concat([BANNER, Buffer.alloc(400, 0xa5)])],
  ],
}
