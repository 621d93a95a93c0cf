import { connect, type Socket } from 'node:net'
import { crc32c } from '@msgr/bufferlist'
import { EntityAddr, EntityAddrVec, EntityName, EntityType, MessageRegistry } from '@msgr/message'
import { NO_AUTHORIZER, Policies } from '@msgr/messenger'
import { DEFAULT_LIMITS, GlobalSeq, protocolVersion, Session, type SessionEvent } from '@msgr/msgr-protocol'

const PROTOCOL_VERSION = protocolVersion({
  ownType: EntityType.client,
  peerType: EntityType.osd,
  clusterProtocol: 0,
  connecting: true,
})
const NEVER_MS = 0x7fff_ffff
/** How much is taken from the session for one write. */
const WRITE_BYTES = 256 * 1024

/** What somebody wants to know of a raw peer. */
export interface RawPeerWatcher {
  opened(peer: RawPeer): void
}

/** A client with a bare socket: it makes a proper handshake, and then does whatever its owner likes. */
export class RawPeer {
  readonly socket: Socket
  readonly #session: Session
  readonly #watcher: RawPeerWatcher

  constructor(num: number, serverAddr: EntityAddr, watcher: RawPeerWatcher) {
    this.#watcher = watcher
    this.#session = Session.dial(sessionOptions(EntityName.client(num)), { type: EntityType.osd, addr: serverAddr })
    this.socket = connect({ host: serverAddr.host, port: serverAddr.port })
    this.#session.transportOpening(0)
    this.socket.on('connect', () => {
      const { localPort = 0 } = this.socket
      this.#session.transportOpened({ remoteAddr: EntityAddr.fromIp('v1', '127.0.0.1', localPort) }, 0)
      this.pump()
    })
    this.socket.on('data', (bytes) => {
      this.#session.receive(bytes, 0)
      this.pump()
    })
    this.socket.on('error', () => this.socket.destroy())
  }

  get session(): Pick<Session, 'send' | 'wantsOutput'> {
    return this.#session
  }

  /** Does what the session asks for, and writes what it has. True if the socket would like more. */
  pump(): boolean {
    for (let event = this.#session.nextEvent(); event !== undefined; event = this.#session.nextEvent()) {
      this.#follow(event)
    }
    let wantsMore = true
    while (this.#session.wantsOutput && !this.socket.destroyed) {
      for (const chunk of this.#session.takeOutput(WRITE_BYTES)) wantsMore = this.socket.write(chunk)
    }
    return wantsMore
  }

  #follow(event: SessionEvent): void {
    if (event.kind === 'authorizerNeeded') this.#session.giveAuthorizer(NO_AUTHORIZER)
    else if (event.kind === 'authorizerAnswered') this.#session.secure(undefined)
    else if (event.kind === 'messageArriving') this.#session.admit()
    else if (event.kind === 'connected') this.#watcher.opened(this)
    else if (event.kind === 'closeTransport') this.socket.destroy()
  }
}

function sessionOptions(name: EntityName): Parameters<typeof Session.dial>[0] {
  const ownAddr = EntityAddr.fromIp('v1', '127.0.0.1', 0, name.num)
  return {
    wire: {
      ownType: name.type,
      ownNum: name.num,
      crc32c,
      crcHeader: true,
      crcData: true,
      limits: DEFAULT_LIMITS,
    },
    registry: new MessageRegistry(),
    globalSeq: new GlobalSeq(),
    ownType: name.type,
    ownAddr: () => ownAddr,
    ownAddrs: () => new EntityAddrVec([ownAddr]),
    termsFor: () => ({ policy: Policies.lossyClient(), protocolVersion: PROTOCOL_VERSION, modes: [] }),
    random: Math.random,
    timing: {
      initialBackoffMs: NEVER_MS,
      maxBackoffMs: NEVER_MS,
      connectionReadyTimeoutMs: NEVER_MS,
      connectionIdleTimeoutMs: NEVER_MS,
    },
    maxHandshakeRounds: DEFAULT_LIMITS.maxHandshakeRounds,
  }
}
