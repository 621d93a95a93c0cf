import type { Uuid } from '@msgr/bufferlist'
import { toNanoseconds } from './mono-clock.ts'
import { MOSDPing, MOSDPingOp, type MOSDPingFields } from './m-osd-ping.ts'
import type { OsdKnowledge } from './osd-knowledge.ts'
import type { PeerClocks } from './peer-clock.ts'

/** Senders of older versions could not read an answer of version 5, whose compat version is 4. */
const OLDEST_ANSWERED_VERSION = 4

/** The OSD that is pinged, as far as its answers show it. */
export interface PingedOsd {
  readonly fsid: Uuid
  readonly minMessageSize: number
  readonly knowledge: OsdKnowledge
  readonly clocks: PeerClocks
}

/** True if the sender could read an answer of ours. */
export function isAnswerable({ version }: MOSDPing): boolean {
  return version >= OLDEST_ANSWERED_VERSION
}

/**
 * Answers a PING on the connection it came on; whoever pings is known only by the name in the message's header. One who
 * is dead is told so as well. `nowMs`: by the clock of the messenger's thread.
 *
 * Ceph: src/osd/OSD.cc, handle_osd_ping
 *
 * Differs from Ceph: a ping with the nil fsid is answered as well. No cluster has it, so it can only come from someone
 * who asks a single peer whether it is there, and learns the fsid from the answer.
 */
export function answerPing(osd: PingedOsd, message: MOSDPing, nowMs: number): void {
  const { fields: ping, connection, source } = message
  const { fsid, minMessageSize, knowledge, clocks } = osd
  if (connection === undefined || source === undefined || knowledge.isStopping || !isAnswerable(message)) return
  if (!ping.fsid.equals(fsid) && !ping.fsid.isZero()) return
  const now = toNanoseconds(nowMs)
  const deltaUb = clocks.of(source.num).gotPing(ping.upFrom, ping.monoSendStamp, ping.deltaUb, now)
  const { mapEpoch, upFrom } = knowledge.epochs
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
  if (knowledge.isDead(source.num, ping.mapEpoch)) {
    connection.sendMessage(new MOSDPing({ ...answer, op: MOSDPingOp.youDied, deltaUb: undefined }))
  }
}
