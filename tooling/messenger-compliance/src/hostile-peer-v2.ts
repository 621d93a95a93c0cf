import { BufferEncoder, crc32c } from '@msgr/bufferlist'
import {
  encodeEntityAddr,
  encodeEntityAddrVec,
  EntityAddr,
  EntityAddrVec,
  EntityType,
  FEATURES_ALL,
} from '@msgr/message'
import { HTTP_REQUEST, NOISE, SSH_BANNER, TLS_HELLO } from './foreign-bytes.ts'
import type { HostilePeer } from './hostile-peer.ts'

/** Revision 2.1 is supported, and nothing required. */
const BANNER = Buffer.from('63657068207632 0a 1000 0100000000000000 0000000000000000'.replaceAll(' ', ''), 'hex')
const OWN_ADDR = EntityAddr.parse('v2:127.0.0.1:0/5')

const TAG = {
  hello: 1,
  authRequest: 2,
  authRequestMore: 5,
  authDone: 6,
  authSignature: 7,
  clientIdent: 8,
  serverIdent: 9,
  message: 17,
} as const

/** A preamble of revision 2.1: tag, segments, flags, crc. What it says of the lengths need not be so. */
function preamble(tag: number, lengths: readonly number[], fields: { crc?: number; flags?: number } = {}): Buffer {
  const bytes = Buffer.alloc(32)
  bytes[0] = tag
  bytes[1] = lengths.length
  for (const [i, length] of lengths.entries()) bytes.writeUInt32LE(length, 2 + 6 * i)
  bytes[26] = fields.flags ?? 0
  bytes.writeUInt32LE(fields.crc ?? crc32c(bytes, 0, 0, 28), 28)
  return bytes
}

/** A frame of one segment, in clear. */
function frame(tag: number, payload: Uint8Array, fields: { crc?: number } = {}): Buffer {
  const crc = Buffer.alloc(payload.length === 0 ? 0 : 4)
  if (crc.length > 0) crc.writeUInt32LE(fields.crc ?? crc32c(payload, 0xffff_ffff))
  return Buffer.concat([preamble(tag, [payload.length]), payload, crc])
}

function encoded(write: (encoder: BufferEncoder) => void): Uint8Array {
  const encoder = new BufferEncoder()
  write(encoder)
  return encoder.toBufferList().toContiguous()
}

const HELLO = frame(
  TAG.hello,
  encoded((encoder) => {
    encoder.writeUInt8(EntityType.client)
    encodeEntityAddr(encoder, OWN_ADDR, FEATURES_ALL)
  }),
)

/** By method none and mode crc: the claim to be client.5. */
function authRequest(fields: { methodLength?: number; modeCount?: number } = {}): Buffer {
  const claim = encoded((encoder) => {
    encoder.writeUInt8(1)
    encoder.writeUInt32LE(EntityType.client)
    encoder.writeString('5')
    encoder.writeBigUInt64LE(0n)
  })
  const payload = encoded((encoder) => {
    encoder.writeUInt32LE(1)
    encoder.writeUInt32LE(fields.modeCount ?? 1)
    encoder.writeUInt32LE(1)
    encoder.writeUInt32LE(fields.methodLength ?? claim.length)
    encoder.writeBytes(claim)
  })
  return frame(TAG.authRequest, payload)
}

const SIGNATURE = frame(TAG.authSignature, new Uint8Array(32))

function clientIdent(target: EntityAddr, fields: { addrs?: EntityAddrVec; gid?: bigint } = {}): Buffer {
  const { addrs = new EntityAddrVec([OWN_ADDR]), gid = 5n } = fields
  const payload = encoded((encoder) => {
    encodeEntityAddrVec(encoder, addrs, FEATURES_ALL)
    encodeEntityAddr(encoder, target, FEATURES_ALL)
    encoder.writeBigInt64LE(gid)
    encoder.writeBigUInt64LE(1n)
    encoder.writeBigUInt64LE(FEATURES_ALL)
    for (let i = 0; i < 3; i++) encoder.writeBigUInt64LE(0n)
  })
  return frame(TAG.clientIdent, payload)
}

/** The header of a ping. */
function pingHeader(seq: number): Buffer {
  const header = Buffer.alloc(41)
  header.writeBigUInt64LE(BigInt(seq), 0)
  header.writeBigUInt64LE(BigInt(seq), 8)
  header.writeUInt16LE(2, 16)
  header.writeUInt16LE(127, 18)
  return header
}

/** A ping without a body, the first of its session. */
function message(): Buffer {
  return frame(TAG.message, pingHeader(1))
}

/** A ping with data: four segments, of which front and middle are empty, and the epilogue with their crcs. */
function messageWithData(seq: number, data: Uint8Array): Buffer {
  const header = pingHeader(seq)
  const headerCrc = Buffer.alloc(4)
  headerCrc.writeUInt32LE(crc32c(header, 0xffff_ffff))
  const epilogue = Buffer.alloc(13, 0xff)
  epilogue[0] = 0x0e // it is complete
  epilogue.writeUInt32LE(crc32c(data, 0xffff_ffff), 9)
  return Buffer.concat([preamble(TAG.message, [header.length, 0, 0, data.length]), header, headerCrc, data, epilogue])
}

const LOGIN = [BANNER, HELLO, authRequest(), SIGNATURE]

/** All that comes before messages, and then this. */
function inSession(...parts: readonly Buffer[]): (target: EntityAddr) => Buffer {
  return (target) => Buffer.concat([...LOGIN, clientIdent(target), ...parts])
}

function bytes(...parts: readonly Buffer[]): () => Buffer {
  return () => Buffer.concat(parts)
}

export const HOSTILE_PEER_V2: HostilePeer = {
  goodFrames: (target) => [...LOGIN, clientIdent(target), message()],
  halfDoneCount: 3,
  goodMessage: messageWithData,
  badDiallers: [
    { what: 'a request of HTTP', bytes: bytes(HTTP_REQUEST), logged: /banner: expected "ceph v2/ },
    { what: 'a hello of TLS', bytes: bytes(TLS_HELLO), logged: /banner: expected "ceph v2/ },
    { what: 'the banner of version 1', bytes: bytes(Buffer.from('ceph v027')), logged: /banner: expected "ceph v2/ },
    {
      what: 'a banner of 64 KiB',
      bytes: bytes(Buffer.concat([BANNER.subarray(0, 8), Buffer.of(0xff, 0xff)])),
      logged: /length of the banner/,
    },
    {
      what: 'a banner that requires what nobody has',
      bytes: bytes(Buffer.concat([BANNER.subarray(0, 18), Buffer.alloc(8, 0xff)])),
      logged: /banner: the peer requires features 0xfffffffffffffff/,
    },
    {
      what: 'a preamble with a wrong crc',
      bytes: bytes(BANNER, preamble(TAG.hello, [36], { crc: 1 })),
      logged: /crc of a preamble/,
    },
    {
      what: 'a hello with a wrong crc',
      bytes: bytes(BANNER, frame(TAG.hello, new Uint8Array(36), { crc: 1 })),
      logged: /crc of/,
    },
    {
      what: 'a frame of the handshake of 4 GiB',
      bytes: bytes(BANNER, preamble(TAG.hello, [0xffff_ffff])),
      logged: /length of a control frame: expected at most \d+, got 4294967295/,
    },
    {
      what: 'a frame of the handshake that is compressed',
      bytes: bytes(BANNER, preamble(TAG.hello, [36], { flags: 1 })),
      logged: /flags of a frame/,
    },
    {
      what: 'a frame of the handshake in four segments',
      bytes: bytes(BANNER, preamble(TAG.hello, [1, 1, 1, 1])),
      logged: /segments of a frame with tag 1/,
    },
    {
      what: 'a frame of no known tag',
      bytes: bytes(BANNER, HELLO, frame(99, new Uint8Array(8))),
      logged: /tag of a frame: expected 1 to 20, got 99/,
    },
    {
      what: 'a request for a session before a hello',
      bytes: (target) => Buffer.concat([BANNER, clientIdent(target)]),
      logged: /tag of a frame: expected hello \(1\), got 8/,
    },
    {
      what: 'a request for a session from one who has not been let in',
      bytes: (target) => Buffer.concat([BANNER, HELLO, clientIdent(target)]),
      logged: /tag of a frame: expected a request to authenticate \(2\), got 8/,
    },
    {
      what: 'a message from one who has not been let in',
      bytes: bytes(BANNER, HELLO, message()),
      logged: /frame: expected one of the handshake, got messageArriving/,
    },
    {
      what: 'a message of one who has no session',
      bytes: bytes(...LOGIN, message()),
      logged: /frame: expected one of the handshake, got messageArriving/,
    },
    {
      what: 'more of an authentication that has not begun',
      bytes: bytes(BANNER, HELLO, frame(TAG.authRequestMore, new Uint8Array(4))),
      logged: /tag of a frame: expected a request to authenticate \(2\), got 5/,
    },
    {
      what: 'the answer of an accepting end',
      bytes: bytes(BANNER, HELLO, frame(TAG.authDone, new Uint8Array(16))),
      logged: /tag of a frame: expected a request to authenticate \(2\), got 6/,
    },
    {
      what: 'an authorizer that is longer than its frame',
      bytes: bytes(BANNER, HELLO, authRequest({ methodLength: 0xffff_fff0 })),
      logged: /payload of auth request/,
    },
    {
      what: 'a list of 4 G modes',
      bytes: bytes(BANNER, HELLO, authRequest({ modeCount: 0xffff_ffff })),
      logged: /payload of auth request: expected at most 32 entries/,
    },
    {
      what: 'a signature that is wrong',
      bytes: bytes(BANNER, HELLO, authRequest(), frame(TAG.authSignature, new Uint8Array(32).fill(1))),
      logged: /the peer has signed other bytes/,
    },
    {
      what: 'a request for a session with somebody else',
      bytes: (target) => Buffer.concat([...LOGIN, clientIdent(target.with({ nonce: (target.nonce ^ 1) >>> 0 }))]),
      logged: /address that was dialled/,
    },
    {
      what: 'a request for a session of nobody',
      bytes: (target) => Buffer.concat([...LOGIN, clientIdent(target, { addrs: new EntityAddrVec() })]),
      logged: /address of the peer: expected an IP/,
    },
    {
      what: 'a request for a session of a number beyond all others',
      bytes: (target) => Buffer.concat([...LOGIN, clientIdent(target, { gid: 2n ** 63n - 1n })]),
      logged: /payload of client ident/,
    },
    {
      what: 'a second request for a session',
      bytes: (target) => inSession(clientIdent(target))(target),
      logged: /tag of a frame: expected one of an open session, got 8/,
    },
    {
      what: 'a message of 4 GiB',
      bytes: inSession(preamble(TAG.message, [41, 0xffff_ffff])),
      logged: /length of front: expected at most \d+, got 4294967295/,
    },
    {
      what: 'an end in the middle of the banner',
      bytes: bytes(BANNER.subarray(0, 5)),
      logged: /the peer has closed the socket|socket is closed/,
    },
    {
      what: 'an end in the middle of a frame',
      bytes: bytes(BANNER, HELLO.subarray(0, 40)),
      logged: /the peer has closed the socket|socket is closed/,
    },
    {
      what: 'an end in the middle of a message',
      bytes: inSession(message().subarray(0, 50)),
      logged: /the peer has closed/,
    },
  ],
  impostors: [
    ['another protocol', SSH_BANNER],
    ['random bytes', NOISE],
    ['version 1', Buffer.concat([Buffer.from('ceph v027'), Buffer.alloc(272)])],
    ['a good banner and then nonsense', Buffer.concat([BANNER, Buffer.alloc(400, 0xa5)])],
    ['a peer of another kind', Buffer.concat([BANNER, HELLO])],
    ['an answer before the question', Buffer.concat([BANNER, frame(TAG.serverIdent, new Uint8Array(100))])],
    ['a frame of 4 GiB', Buffer.concat([BANNER, preamble(TAG.hello, [0xffff_ffff])])],
  ],
}
