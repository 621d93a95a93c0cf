import { Uuid } from '@msgr/bufferlist'
import type { FastDispatcherFactory } from '@msgr/messenger'
import { answerPing, type PingedOsd } from './answer-ping.ts'
import { MOSDPing, MOSDPingOp } from './m-osd-ping.ts'
import { OsdKnowledge } from './osd-knowledge.ts'
import { PeerClocks } from './peer-clock.ts'

// The fast dispatcher of an OSD's two heartbeat servers: each of their threads loads this module and calls its default
// export once. PINGs are answered here; all else goes on to the messenger's thread, and to the dispatcher there.

/** What the messenger's thread gives along: cloned, but for the memory, which is the same on all threads. */
export interface PingAnswererData {
  readonly fsid: string
  readonly minMessageSize: number
  readonly knowledge: SharedArrayBuffer
}

const makePingAnswerer: FastDispatcherFactory = ({ data }) => {
  const { fsid, minMessageSize, knowledge } = data as PingAnswererData
  const osd: PingedOsd = {
    fsid: Uuid.parse(fsid),
    minMessageSize,
    knowledge: new OsdKnowledge(knowledge),
    // This thread's own: whoever pings stays on one thread for as long as its connection lasts.
    clocks: new PeerClocks(),
  }
  return {
    messages: [MOSDPing],
    msCanFastDispatch: (message) => message instanceof MOSDPing && message.fields.op === MOSDPingOp.ping,
    msFastDispatch: (message) => {
      // `performance.now()` of this thread counts from another moment; the stamp is by the messenger's clock.
      if (message instanceof MOSDPing) answerPing(osd, message, message.dispatchStampMs)
    },
  }
}

export default makePingAnswerer
