import { MPing, type Connection, type Dispatcher, type Message } from '@msgr/messenger'
import { answerPing, isAnswerable, type PingedOsd } from './answer-ping.ts'
import { MOSDPing, MOSDPingOp } from './m-osd-ping.ts'

/** The OSD that a heartbeat dispatcher works for. */
export interface HeartbeatHost extends PingedOsd {
  nowMs(): number
  /** One of our pings was answered. */
  pingReplied(connection: Connection, reply: MOSDPing): void
  /** A peer says that the map has us as down. */
  youDied(sender: number, mapEpoch: number): void
  connectionReset(connection: Connection): void
  connectionRefused(connection: Connection): void
}

/**
 * Speaks MOSDPing for an OSD, on all of its heartbeat messengers. Pings are answered from inside the read; those that a
 * thread has answered do not come here.
 *
 * Ceph: src/osd/OSD.cc, HeartbeatDispatcher and handle_osd_ping
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
    if (!(message instanceof MOSDPing) || !isAnswerable(message)) return
    const { connection, source } = message
    if (connection === undefined || source === undefined || this.#host.knowledge.isStopping) return
    switch (message.fields.op) {
      case MOSDPingOp.ping:
        answerPing(this.#host, message, this.#host.nowMs())
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
}
