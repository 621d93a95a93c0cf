import { connect, type Socket } from 'node:net'
import { BufferList, crc32c } from '@msgr/bufferlist'
import {
  EntityType,
  MESSAGE_HEADER_CRC_OFFSET,
  MESSAGE_HEADER_SIZE,
  MessageHeader,
  MPing,
  type EntityAddr,
} from '@msgr/message'
import { MsgrTag } from '@msgr/msgr-protocol'
import type { FloodName } from './flood-plan.ts'
import { RawPeer } from './raw-peer.ts'

/** What a slow peer sends, a byte at a time: how a client of version 1 begins, with an address of zeros. */
const SLOW_BYTES = Buffer.concat([Buffer.from('ceph v027'), Buffer.alloc(136)])
const SLOW_BYTE_EVERY_MS = 1000
const DEAF_PAYLOAD_BYTES = 4096
const MAX_U32 = 0xffff_ffff

/** Begins a connection of the bad kind. `num` tells one from the other. */
export type BadPeer = (serverAddr: EntityAddr, num: number) => Socket

/** How each flood's peers behave. */
export const badPeers: Readonly<Record<FloodName, BadPeer>> = {
  handshakes: silentPeer,
  files: silentPeer,
  slow: slowPeer,
  deaf: deafPeer,
  huge: hugePeer,
}

/** Connects and says nothing. */
function silentPeer(serverAddr: EntityAddr): Socket {
  const socket = connect({ host: serverAddr.host, port: serverAddr.port })
  socket.on('error', () => socket.destroy())
  socket.resume()
  return socket
}

/** Says what a client says, but takes its time. */
function slowPeer(serverAddr: EntityAddr): Socket {
  const socket = silentPeer(serverAddr)
  let sent = 0
  const timer = setInterval(() => {
    if (socket.writable) socket.write(SLOW_BYTES.subarray(sent, ++sent))
  }, SLOW_BYTE_EVERY_MS)
  socket.once('close', () => {
    clearInterval(timer)
  })
  return socket
}

/** Asks and asks, and never reads an answer. */
function deafPeer(serverAddr: EntityAddr, num: number): Socket {
  const ask = (peer: RawPeer): void => {
    let wantsMore = true
    while (wantsMore && !peer.socket.destroyed) {
      const ping = new MPing()
      ping.priority = 127
      ping.data = new BufferList(Buffer.alloc(DEAF_PAYLOAD_BYTES))
      peer.session.send(ping)
      wantsMore = peer.pump()
    }
  }
  const { socket } = new RawPeer(num, serverAddr, {
    opened: (peer) => {
      peer.socket.pause()
      peer.socket.on('drain', () => {
        ask(peer)
      })
      // Not from within the pump that tells of it.
      queueMicrotask(() => {
        ask(peer)
      })
    },
  })
  return socket
}

/** Announces a message with 4 GiB of front, middle or data, and goes on as if that were nothing. */
function hugePeer(serverAddr: EntityAddr, num: number): Socket {
  const { socket } = new RawPeer(num, serverAddr, {
    opened: (peer) => {
      queueMicrotask(() => {
        peer.socket.write(hugeAnnouncement(num))
        peer.socket.write(Buffer.alloc(DEAF_PAYLOAD_BYTES))
      })
    },
  })
  return socket
}

/** The tag and header of a message that is much too long: `which` part of it changes from number to number. */
export function hugeAnnouncement(which: number): Buffer {
  const frame = Buffer.alloc(1 + MESSAGE_HEADER_SIZE)
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  const header = new MessageHeader()
  header.seq = 1
  header.type = MPing.type
  header.version = MPing.headVersion
  header.compatVersion = MPing.compatVersion
  header.sourceType = EntityType.client
  header.frontLength = which % 3 === 0 ? MAX_U32 : 0
  header.middleLength = which % 3 === 1 ? MAX_U32 : 0
  header.dataLength = which % 3 === 2 ? MAX_U32 : 0
  frame.writeUInt8(MsgrTag.msg, 0)
  header.write(view, 1)
  frame.writeUInt32LE(crc32c(frame, 0, 1, 1 + MESSAGE_HEADER_CRC_OFFSET), 1 + MESSAGE_HEADER_CRC_OFFSET)
  return frame
}
