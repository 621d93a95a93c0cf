import { createMessenger, EntityAddr, EntityName, EntityType, Policies, type Messenger } from '@msgr/messenger'
import type { PeerFault, PeerFigures, PeerSetup, PeerStream } from './peer-protocol.ts'
import { StreamJudge } from './stream-judge.ts'
import { StreamSender } from './stream-sender.ts'

// A lossless peer on a host of its own. Its parent gives it streams to send and is told what it sees, by IPC; it ends
// with its parent.

/** The level of the messenger's log that tells of connections that break, or do not come about. */
const WHAT_GOES_WRONG = 1
/** What has changed is told at most this often. */
const TELL_EVERY_MS = 20

const setup = JSON.parse(process.argv[2] ?? '{}') as PeerSetup
const judge = new StreamJudge(tellSoon)
const senders: StreamSender[] = []
const faults: PeerFault[] = []
let addr: string | undefined
let telling: NodeJS.Timeout | undefined

const messenger = makeMessenger()
messenger.setPolicy(EntityType.osd, Policies.losslessPeer())
messenger.addDispatcherHead(judge)
process.on('disconnect', () => process.exit(0))
process.on('message', (stream: PeerStream) => {
  const sender = new StreamSender(messenger, stream)
  senders.push(sender)
  void sender
    .run()
    .catch((error: unknown) => judge.wrong.push(String(error)))
    .finally(tellSoon)
})
void messenger.bind(EntityAddr.parse(setup.bind)).then((bound) => {
  addr = bound.toString()
  tellSoon()
})
setInterval(() => {
  for (const { connection } of senders) connection.sendKeepalive()
  tellSoon() // acknowledgements have no event of their own
}, setup.keepaliveMs)

function makeMessenger(): Messenger {
  const { id, messenger: type, driver, options } = setup
  const name = EntityName.osd(id)
  const logger = (level: number, text: string): void => {
    if (level > WHAT_GOES_WRONG) return
    faults.push({ atMs: Date.now(), text })
    tellSoon()
  }
  const settings = { ...options, logger }
  return type === 'simple'
    ? createMessenger(name, { type, ...settings })
    : createMessenger(name, { type, driver, ...settings })
}

function tellSoon(): void {
  telling ??= setTimeout(() => {
    telling = undefined
    process.send?.(figures())
  }, TELL_EVERY_MS)
}

function figures(): PeerFigures {
  const total = (count: (sender: StreamSender) => number): number => senders.reduce((sum, one) => sum + count(one), 0)
  return {
    addr,
    received: Object.fromEntries(judge.received),
    receivedAtMs: judge.receivedAtMs,
    sent: total(({ sent }) => sent),
    unacknowledged: total(({ connection }) => connection.queuedCount + connection.unackedCount),
    wrong: judge.wrong,
    faults,
    opened: judge.opened,
    full: total(({ full }) => full),
    maxQueuedBytes: Math.max(0, ...senders.map(({ maxQueuedBytes }) => maxQueuedBytes)),
  }
}
