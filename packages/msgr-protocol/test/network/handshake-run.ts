import { EntityType, type EntityAddr } from '@msgr/message'
import {
  AuthProtocol,
  ConnectionMode,
  type FrameRevision,
  Policies,
  Session,
  type SessionEvent,
  type SessionOptions,
  type TransportSecurity,
} from '../../src/index.ts'
import { joined } from '../bytes.ts'
import { sessionOptionsOf } from './host.ts'
import { keyedBy } from './moving.ts'
import { Note } from './note.ts'
import { ADDR_A, ADDR_B } from './pair.ts'
import { ADDR_A2, ADDR_B2 } from './raw-peer-v2.ts'
import { outputOf } from './raw-peer.ts'
import { seeded } from './seeded.ts'

// Two sessions that talk to each other, where a test says what happens when.

/** What the accepting end answers to an authorizer. */
export const REPLY: Uint8Array = Uint8Array.of(4, 5)

/** What they speak. */
export interface Dialect {
  readonly name: string
  readonly wire: 'v1' | 'v2'
  readonly mode?: number
  readonly maxRevision?: FrameRevision
  readonly security?: () => TransportSecurity
}

const keyed = (): TransportSecurity => keyedBy(0x5a)

export const DIALECTS: readonly Dialect[] = [
  { name: 'version 1', wire: 'v1' },
  { name: 'version 1 with signatures', wire: 'v1', security: keyed },
  { name: 'version 2', wire: 'v2' },
  { name: 'version 2.0 with a key', wire: 'v2', maxRevision: '2.0', security: keyed },
  { name: 'version 2 in mode secure', wire: 'v2', mode: ConnectionMode.secure, security: keyed },
  { name: 'version 2.0 in mode secure', wire: 'v2', maxRevision: '2.0', mode: ConnectionMode.secure, security: keyed },
]

export function optionsOf(dialect: Dialect, addr: EntityAddr): SessionOptions {
  const { maxRevision, mode = ConnectionMode.crc } = dialect
  return sessionOptionsOf({
    addr,
    num: addr.nonce,
    policy: Policies.losslessPeer(),
    random: seeded(addr.nonce),
    modes: [mode],
    ...(maxRevision !== undefined && { maxRevision }),
  })
}

/** A session, and the notes that it has got. */
export class End {
  session: Session
  readonly ids: number[] = []
  readonly events: SessionEvent[] = []
  readonly #security: TransportSecurity | undefined

  constructor(session: Session, security?: TransportSecurity) {
    this.session = session
    this.#security = security
  }

  /** Answers all that is asked, but for how a request is decided. */
  drain(): void {
    for (let event = this.session.nextEvent(); event !== undefined; event = this.session.nextEvent()) {
      this.events.push(event)
      this.#carryOut(event)
    }
  }

  /** The end has received the bytes. */
  hear(bytes: Uint8Array, nowMs = 0): void {
    this.session.receive(bytes, nowMs)
    this.drain()
  }

  count(kind: SessionEvent['kind']): number {
    return this.events.filter((event) => event.kind === kind).length
  }

  #carryOut(event: SessionEvent): void {
    const { session } = this
    if (event.kind === 'authorizerNeeded') {
      // Method none has no secret that frames could be sealed with.
      session.giveAuthorizer({ protocol: AuthProtocol.cephx, bytes: Uint8Array.of(1, 2, 3) })
    }
    if (event.kind === 'authorizerAnswered') session.secure(this.#security)
    if (event.kind === 'authorizerReceived') {
      session.answerAuthorizer({
        kind: 'accepted',
        reply: REPLY,
        globalId: 77n,
        security: this.#security,
      })
    }
    if (event.kind === 'messageArriving') session.admit()
    if (event.kind === 'message' && event.message instanceof Note) {
      if (!event.message.isIntact) throw new Error(`expected note ${event.message.id} to be intact, got a damaged one`)
      this.ids.push(event.message.id)
    }
    if (event.kind === 'closeTransport')
      throw event.error ?? new Error('expected a transport that stays, got one to close')
  }
}

export interface Ends {
  readonly dialler: End
  readonly acceptor: End
  readonly acceptorOptions: SessionOptions
}

/** Both ends of a transport that is open, on which nothing has been said. */
export function endsOf(dialect: Dialect): Ends {
  const [addrA, addrB] = dialect.wire === 'v1' ? [ADDR_A, ADDR_B] : [ADDR_A2, ADDR_B2]
  const acceptorOptions = optionsOf(dialect, addrB)
  const dialling = Session.dial(optionsOf(dialect, addrA), { type: EntityType.osd, addr: addrB })
  const accepting = Session.accept(acceptorOptions, addrA)
  const dialler = new End(dialling, dialect.security?.())
  const acceptor = new End(accepting, dialect.security?.())
  dialler.drain()
  dialling.transportOpened({ remoteAddr: addrB }, 0)
  accepting.transportOpened({ remoteAddr: addrA }, 0)
  dialler.drain()
  return { dialler, acceptor, acceptorOptions }
}

/** Carries what either end has to say to the other, until neither has. */
export function converse({ dialler, acceptor }: Ends): void {
  while (dialler.session.wantsOutput || acceptor.session.wantsOutput) {
    acceptor.hear(outputOf(dialler.session))
    dialler.hear(outputOf(acceptor.session))
  }
}

/** Ends of which the one that accepts waits for a decision. */
export function asking(dialect: Dialect): Ends {
  const ends = endsOf(dialect)
  converse(ends)
  if (ends.acceptor.count('connectRequested') === 0) throw new Error('expected a request, got none')
  return ends
}

/** Notes of lengths that go by reference, into slabs and around both. */
export function noteOf(id: number): Note {
  return Note.of(id, { dataLength: [0, 40, 3_000][id % 3]! })
}

/** All that the dialling end says until it has sent its notes, and from where on that is behind its request. */
export function recordDialler(dialect: Dialect, ids: readonly number[]): { stream: Uint8Array; requestEnd: number } {
  const ends = endsOf(dialect)
  const { dialler, acceptor } = ends
  for (const id of ids) dialler.session.send(noteOf(id))
  const said: Uint8Array[] = []
  let requestEnd = 0
  while (dialler.session.wantsOutput || acceptor.session.wantsOutput) {
    const bytes = outputOf(dialler.session)
    said.push(bytes)
    acceptor.hear(bytes)
    if (requestEnd === 0 && acceptor.count('connectRequested') > 0) {
      requestEnd = joined(said).length
      acceptor.session.answerConnect({ kind: 'open' })
    }
    dialler.hear(outputOf(acceptor.session))
  }
  return { stream: joined(said), requestEnd }
}
