import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { crc32c, type Uuid } from '@msgr/bufferlist'
import {
  EntityAddr,
  EntityAddrVec,
  EntityType,
  MESSAGE_FOOTER_SIZE,
  MESSAGE_HEADER_CRC_OFFSET,
  MESSAGE_HEADER_SIZE,
  MessageRegistry,
} from '@msgr/message'
import { ClusterProtocol, Policies } from '@msgr/messenger'
import { DEFAULT_LIMITS, GlobalSeq, MsgrTag, NO_AUTHORIZER, protocolVersion, Session } from '@msgr/msgr-protocol'
import { MOSDPing, MOSDPingOp } from '@msgr-apps/heartbeat-demo'
import { BenchError } from './errors.ts'

// A message of version 1:   0 tag u8   1 header 53   54 front, of which byte 20 is the operation of a ping   footer 21
const HEADER_AT = 1
const CRC_AT = HEADER_AT + MESSAGE_HEADER_CRC_OFFSET
const FRONT_LENGTH_AT = HEADER_AT + 22
const FRONT_AT = HEADER_AT + MESSAGE_HEADER_SIZE
const OP_AT = FRONT_AT + 20
const ACK_LENGTH = 9
/** More than one ping takes. */
const ENOUGH_BYTES = 4096

const MINUTE_MS = 60_000
const TIMING = {
  ...{ initialBackoffMs: MINUTE_MS, maxBackoffMs: MINUTE_MS },
  ...{ connectionReadyTimeoutMs: MINUTE_MS, connectionIdleTimeoutMs: MINUTE_MS },
}

/** Who hears of a stream's answers, some at a time, and of its end. */
export interface PingStreamOwner {
  answered(count: number): void
  failed(error: Error): void
}

/**
 * Heartbeats to an OSD at a fraction of what it costs to answer them. The handshake is that of a session; after it all
 * pings are the same one, whose bytes are made once, but for its number and the checksum over that. Of an answer only the
 * operation is looked at.
 */
export class PingStream {
  readonly #socket: Socket
  readonly #owner: PingStreamOwner
  readonly #ping: Buffer
  #seq = 1
  #rest: Buffer | undefined

  private constructor(socket: Socket, ping: Buffer, owner: PingStreamOwner) {
    this.#socket = socket
    this.#ping = ping
    this.#owner = owner
    socket.removeAllListeners('data').on('data', (chunk) => {
      this.#receive(chunk)
    })
    socket.on('error', (error) => {
      owner.failed(error)
    })
    socket.on('close', () => {
      owner.failed(new BenchError('ERR_BENCH_CONNECTION', 'the connection was lost'))
    })
  }

  /** Streams from the same process have different numbers from 1 up. */
  static async open(address: string, fsid: Uuid, number: number, owner: PingStreamOwner): Promise<PingStream> {
    const addr = EntityAddr.parse(address)
    const socket = connect({ host: '127.0.0.1', port: addr.port, noDelay: true })
    await once(socket, 'connect')
    const session = Session.dial(sessionOptions(number), { type: EntityType.osd, addr })
    await shakeHands(session, socket, addr)
    session.send(new MOSDPing({ fsid, mapEpoch: 1, upFrom: 1, op: MOSDPingOp.ping }))
    return new PingStream(socket, Buffer.concat(session.takeOutput(ENOUGH_BYTES)), owner)
  }

  send(count: number): void {
    const { length } = this.#ping
    const burst = Buffer.allocUnsafe(count * length)
    for (let at = 0; at < burst.length; at += length) {
      burst.set(this.#ping, at)
      burst.writeUInt32LE(this.#seq++, at + HEADER_AT)
      burst.writeUInt32LE(crc32c(burst, 0, at + HEADER_AT, at + CRC_AT), at + CRC_AT)
    }
    this.#socket.write(burst)
  }

  close(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    let count = 0
    while (at < bytes.length) {
      const isAck = bytes[at] === MsgrTag.ack
      if (!isAck && at + OP_AT >= bytes.length) break
      const length = isAck ? ACK_LENGTH : lengthAt(bytes, at)
      if (at + length > bytes.length) break
      if (!isAck && !isAnswerAt(bytes, at)) {
        this.#owner.failed(new BenchError('ERR_BENCH_REPLY', 'expected the answer to a ping, got something else'))
        return
      }
      if (!isAck) count++
      at += length
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : undefined
    if (count > 0) this.#owner.answered(count)
  }
}

function lengthAt(bytes: Buffer, at: number): number {
  return FRONT_AT + bytes.readUInt32LE(at + FRONT_LENGTH_AT) + MESSAGE_FOOTER_SIZE
}

function isAnswerAt(bytes: Buffer, at: number): boolean {
  return bytes[at] === MsgrTag.msg && bytes[at + OP_AT] === MOSDPingOp.pingReply
}

function sessionOptions(number: number): Parameters<typeof Session.dial>[0] {
  const { osd } = EntityType
  const ownAddr = EntityAddr.fromIp('v1', '127.0.0.1', 0, number)
  const versions = { ownType: osd, peerType: osd, clusterProtocol: ClusterProtocol.osd, connecting: true }
  const terms = { policy: Policies.lossyClient(), protocolVersion: protocolVersion(versions), modes: [] }
  return {
    wire: { ownType: osd, ownNum: 1, crc32c, crcHeader: true, crcData: true, limits: DEFAULT_LIMITS },
    registry: new MessageRegistry([MOSDPing]),
    globalSeq: new GlobalSeq(),
    ownType: osd,
    ownAddr: () => ownAddr,
    ownAddrs: () => new EntityAddrVec([ownAddr]),
    termsFor: () => terms,
    random: Math.random,
    timing: TIMING,
    maxHandshakeRounds: DEFAULT_LIMITS.maxHandshakeRounds,
  }
}

/** Resolves when the session is open. From then on it hears nothing more. */
function shakeHands(session: Session, socket: Socket, remoteAddr: EntityAddr): Promise<void> {
  session.nextEvent() // it wants to be dialled for
  session.transportOpened({ remoteAddr }, performance.now())
  return new Promise((resolve, reject) => {
    const goOn = (): void => {
      for (let event = session.nextEvent(); event !== undefined; event = session.nextEvent()) {
        if (event.kind === 'authorizerNeeded') session.giveAuthorizer(NO_AUTHORIZER)
        else if (event.kind === 'authorizerAnswered') session.secure(undefined)
        else if (event.kind === 'connected') resolve()
        else if (event.kind !== 'identified') {
          reject(new BenchError('ERR_BENCH_CONNECTION', `expected an open session, got the event ${event.kind}`))
        }
      }
      for (const bytes of session.takeOutput(ENOUGH_BYTES)) socket.write(bytes)
    }
    socket.on('data', (chunk) => {
      session.receive(chunk, performance.now())
      goOn()
    })
    socket.once('close', () => {
      reject(new BenchError('ERR_BENCH_CONNECTION', 'the connection was lost during the handshake'))
    })
    goOn()
  })
}
