import {
  createMessenger,
  EntityAddr,
  EntityName,
  EntityType,
  Policies,
  type CreateMessengerSettings,
  type Messenger,
} from '@msgr/messenger'
import type { EchoServer, EchoSubject } from './echo-subject.ts'
import { MessengerClients } from './messenger-clients.ts'
import { pingWith } from './ping-with.ts'
import { addrTypeOf, settingsOf, type WireChoice } from './wire-choice.ts'

/** More than what is under way in any case, so that a load is never told to wait. */
const MAX_QUEUED_BYTES = 2 ** 40
/** As many as `node:net` has by default, so that no subject is slowed by connections that come all at once. */
const LISTEN_BACKLOG = 511

/**
 * A messenger with all that it can promise. One connection is that of two OSDs: both ends are bound and lossless, so
 * every message is kept until it is acknowledged and would be sent again. Many are those of clients to a server that
 * keeps no sessions, since a lossless peer has one connection and no more. All checksums are made and checked; messages
 * go through the dispatch queue. A payload travels as the data of an `MPing`, and the reply is a new one with the data
 * received.
 */
export function messengerSubject(name: string, kind: CreateMessengerSettings, wire: WireChoice = 'v1'): EchoSubject {
  const settings = { ...kind, ...settingsOf(wire) }
  return {
    name,
    listen: () => listen(settings, wire),
    connect: async (address, owners) => {
      const isPeer = owners.length === 1
      const messenger = makeMessenger(isPeer ? EntityName.osd(1) : EntityName.client(), settings)
      if (isPeer) await bindToLoopback(messenger, wire)
      else messenger.setDefaultPolicy(Policies.lossyClient())
      const peer = { type: EntityType.osd, addr: EntityAddr.parse(address) }
      const clients = new MessengerClients(name, messenger, peer, owners)
      await clients.open()
      return clients
    },
  }
}

function makeMessenger(name: EntityName, settings: CreateMessengerSettings): Messenger {
  const limits = { maxQueuedBytes: MAX_QUEUED_BYTES, tcpListenBacklog: LISTEN_BACKLOG }
  const messenger = createMessenger(name, { ...settings, ...limits, crcHeader: true, crcData: true })
  messenger.setDefaultPolicy(Policies.losslessPeer())
  messenger.setPolicy(EntityType.client, Policies.statelessServer())
  return messenger
}

function bindToLoopback(messenger: Messenger, wire: WireChoice): Promise<EntityAddr> {
  return messenger.bind(EntityAddr.fromIp(addrTypeOf(wire), '127.0.0.1', 0))
}

async function listen(settings: CreateMessengerSettings, wire: WireChoice): Promise<EchoServer> {
  const messenger = makeMessenger(EntityName.osd(0), settings)
  messenger.addDispatcherHead({
    msDispatch: (message) => {
      message.connection?.sendMessage(pingWith(message.data))
      return true
    },
  })
  const addr = await bindToLoopback(messenger, wire)
  return { address: addr.toString(), close: () => messenger.shutdown() }
}
