import type { Uuid } from '@msgr/bufferlist'
import { MPing, type Connection, type Dispatcher, type Message } from '@msgr/messenger'
import { toNanoseconds } from './mono-clock.ts'
import { MOSDPing, MOSDPingOp, type MOSDPingFields } from './m-osd-ping.ts'
import type { PeerClocks } from './peer-clock.ts'

/** Senders of older versions could not read an answer of version 5, whose compat version is 4. */
const OLDEST_ANSWERED_VERSION = 4

/** The OSD that a heartbeat dispatcher works for. */
export interface HeartbeatHost {
  readonly fsid: Uuid
  /** Beyond this point nothing is answered. */
  readonly isStopping: boolean
  /** The newest map we have, and the epoch in which we came up; 0 if there is none. */
  readonly mapEpoch: number
  readonly upFrom: number
  readonly minMessageSize: number
  readonly clocks: PeerClocks
  nowMs(): number
  /** True for an OSD that is not in the map, or was marked down after the map that it knows. */
  isDead(id: number, itsMapEpoch: number): boolean
  /** One of our pings was answered. */
  pingReplied(connection: Connection, reply: MOSDPing): void
  /** A peer says that the map has us as down. */
  youDied(sender: number, mapEpoch: number): void
  connectionReset(connection: Connection): void
  connectionRefused(connection: Connection): void
}

/**
 * Speaks MOSDPing for an OSD, on all of its heartbeat messengers. Pings are answered from inside the read, on the
 * connection they came on; whoever pings is known only by the name in the message's header.
 *
 * Ceph: src/osd/OSD.cc, HeartbeatDispatcher and handle_osd_ping
 *
 * Differs from Ceph: a ping with the nil fsid is answered as well. No cluster has it, so it can only come from someone
 * who asks a single peer whether it is there, and learns the fsid from the answer.
 */
export class HeartbeatDispatcher implements Dispatcher {
  readonly #host: HeartbeatHost

  constructor(host: HeartbeatHost) {
    this.#host = host
  }

  /** What is no heartbeat has no business here, and is dropped. */
  msDispatch(): boolean {
    return true
  }

  msCanFastDispatch(message: Message): boolean {
    return message.type === MOSDPing.type || message.type === MPing.type
  }

  msFastDispatch(message: Message): void {
    if (!(message instanceof MOSDPing) || message.version < OLDEST_ANSWERED_VERSION) return
    const { connection, source } = message
    if (connection === undefined || source === undefined || this.#host.isStopping) return
    switch (message.fields.op) {
      case MOSDPingOp.ping:
        if (!this.#isForUs(message.fields.fsid)) return
        this.#answer(message.fields, source.num, connection)
        return
      case MOSDPingOp.pingReply:
        if (message.fields.fsid.equals(this.#host.fsid)) this.#host.pingReplied(connection, message)
        return
      case MOSDPingOp.youDied:
        if (message.fields.fsid.equals(this.#host.fsid)) this.#host.youDied(source.num, message.fields.mapEpoch)
    }
  }

  msHandleReset(connection: Connection): boolean {
    this.#host.connectionReset(connection)
    return true
  }

  msHandleRefused(connection: Connection): boolean {
    this.#host.connectionRefused(connection)
    return true
  }

  #isForUs(fsid: Uuid): boolean {
    return fsid.equals(this.#host.fsid) || fsid.isZero()
  }

  #answer(ping: MOSDPingFields, sender: number, connection: Connection): void {
    const { fsid, mapEpoch, upFrom, minMessageSize, clocks } = this.#host
    const now = toNanoseconds(this.#host.nowMs())
    const deltaUb = clocks.of(sender).gotPing(ping.upFrom, ping.monoSendStamp, ping.deltaUb, now)
    const answer: MOSDPingFields = {
      fsid,
      mapEpoch,
      op: MOSDPingOp.pingReply,
      upFrom,
      minMessageSize,
      pingStamp: ping.pingStamp,
      monoPingStamp: ping.monoPingStamp,
      monoSendStamp: now,
      deltaUb,
    }
    connection.sendMessage(new MOSDPing(answer))
    if (this.#host.isDead(sender, ping.mapEpoch)) {
      connection.sendMessage(new MOSDPing({ ...answer, op: MOSDPingOp.youDied, deltaUb: undefined }))
    }
  }
}
