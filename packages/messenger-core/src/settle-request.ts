import { afterLossy, decideAccept, type AskedSession } from '@msgr/msgr-protocol'
import type { ConnectionTable } from './connection-table.ts'
import type { Logger } from './logger.ts'
import type { SessionConnection } from './session-connection.ts'

/**
 * Answers the request that a connection's peer has made: with the session that begins there, with a reason to ask
 * again, or by moving its transport to the session that is held for the peer.
 *
 * Ceph: src/msg/async/ProtocolV1.cc, handle_connect_message_2; ProtocolV2.cc, handle_existing_connection
 */
export function settleRequest(
  table: ConnectionTable<SessionConnection>,
  connection: SessionConnection,
  asked: AskedSession,
  logger: Logger,
): void {
  const found = table.find(connection.peerAddr)
  // A session lives on one wire. A peer that comes on the other has given up the one it had.
  if (found !== undefined && found.session.facts.wire !== asked.wire) found.reset()
  const held = table.find(connection.peerAddr)
  const decision = decideAccept(asked, held?.session.facts)
  if (decision.kind !== 'replace' || held === undefined) {
    if (decision.kind === 'wait') held?.sendKeepalive() // so that our own attempt is carried through
    if (decision.kind === 'resetSession' && decision.hasAgreed === true) held?.beginAnew()
    if (decision.kind !== 'replace') connection.answerConnect(decision)
    return
  }
  logger(10, `${connection.peerAddr.toString()}: the peer connects anew`)
  if (held.session.facts.lossy) {
    held.reset()
    connection.answerConnect(afterLossy(asked))
  } else {
    held.takeOver(connection, decision.discardOld)
  }
}
