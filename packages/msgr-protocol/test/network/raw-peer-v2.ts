import { crc32c } from '@msgr/bufferlist'
import { EntityAddr, EntityAddrVec, EntityType, FEATURES_ALL } from '@msgr/message'
import {
  ConnectionMode,
  DEFAULT_LIMITS,
  type FrameRevision,
  type Session,
  type SessionEvent,
  type TransportSecurity,
} from '../../src/index.ts'
import { InputBytes } from '../../src/input-bytes.ts'
import { OutputBytes } from '../../src/output-bytes.ts'
import { authDonePayload, authRequestPayload, authSignaturePayload } from '../../src/wire-v2/auth-payloads.ts'
import { FrameReaderV2 } from '../../src/wire-v2/frame-reader-v2.ts'
import { FrameTag } from '../../src/wire-v2/frame-tag.ts'
import { FrameWriterV2 } from '../../src/wire-v2/frame-writer-v2.ts'
import { helloPayload } from '../../src/wire-v2/hello-payload.ts'
import type { PayloadCodec } from '../../src/wire-v2/payload-codec.ts'
import type { ClientIdent, ServerIdent, SessionReconnect } from '../../src/wire-v2/session-payloads.ts'
import { joined } from '../bytes.ts'
import type { Note } from './note.ts'
import { outputOf } from './raw-peer.ts'

/** Addresses are compared nonce first, so A is the lower of the two. */
export const ADDR_A2: EntityAddr = EntityAddr.parse('v2:10.0.0.1:6800/1')
export const ADDR_B2: EntityAddr = EntityAddr.parse('v2:10.0.0.2:6800/2')
/** Where a socket comes from. */
export const REMOTE: EntityAddr = EntityAddr.parse('v2:10.9.9.9:45678/0')
export const NO_BYTES: Uint8Array = new Uint8Array(0)

/** What a session wrote. */
export interface HeardFrame {
  readonly tag: number
  readonly payload: Uint8Array
  /** Of a message or an ack. */
  readonly seq?: number
}

/**
 * The other end of a session of version 2, frame by frame: for what no session of ours would say. It answers nothing by
 * itself, and believes all it hears.
 */
export class RawPeerV2 {
  /** Whose transport it is at present. */
  session: Session
  /** What the session gets of our answer to its authorizer. */
  security: TransportSecurity | undefined = undefined
  readonly #output = new OutputBytes()
  readonly #input = new InputBytes()
  readonly #writer: FrameWriterV2
  readonly #reader: FrameReaderV2
  readonly #nowMs: number
  #revision: FrameRevision = '2.1'

  /** `nowMs`: when it says all that it says. */
  constructor(session: Session, nowMs = 0) {
    this.session = session
    this.#nowMs = nowMs
    this.#writer = new FrameWriterV2(this.#output, { crc32c })
    this.#reader = new FrameReaderV2(this.#input, {
      crc32c,
      crcHeader: true,
      crcData: true,
      limits: DEFAULT_LIMITS,
    })
  }

  /** The banner, and what the session does about it. Frames that follow are of the revision. */
  banner(revision: FrameRevision = '2.1', features = { supported: 1n, required: 0n }): SessionEvent[] {
    this.#writer.writeBanner(features)
    const events = this.#deliver()
    this.#writer.start(revision)
    this.#revision = revision
    return events
  }

  hello(entityType: number = EntityType.osd, peerAddr: EntityAddr = REMOTE): SessionEvent[] {
    return this.say(FrameTag.hello, helloPayload, { entityType, peerAddr })
  }

  /** Writes a frame, and gives the session all of it. */
  say<T>(tag: number, codec: PayloadCodec<T>, value: T): SessionEvent[] {
    return this.sayBytes(tag, codec.encode(value))
  }

  sayBytes(tag: number, payload: Uint8Array = NO_BYTES): SessionEvent[] {
    return this.write((writer) => {
      writer.writeControl(tag, payload)
    })
  }

  write(write: (writer: FrameWriterV2) => void): SessionEvent[] {
    write(this.#writer)
    return this.#deliver()
  }

  /** All frames that the session has written since the last call, the banner aside. */
  heard(): HeardFrame[] {
    const bytes = outputOf(this.session)
    this.#input.push(bytes)
    const frames: HeardFrame[] = []
    for (let signal = this.#reader.next(); signal !== undefined; signal = this.#reader.next()) {
      if (signal === 'bannerReceived') this.#reader.start(this.#revision)
      else if (signal === 'messageArriving') this.#reader.admit()
      else if (signal === 'control') frames.push({ tag: this.#reader.tag, payload: this.#reader.payload })
      else if (signal === 'ack') frames.push({ tag: FrameTag.ack, payload: NO_BYTES, seq: this.#reader.seq })
      else if (signal === 'message') {
        frames.push({ tag: FrameTag.message, payload: NO_BYTES, seq: this.#reader.header.seq })
      } else throw new Error(`expected a frame of the handshake, a message or an ack, got ${signal}`)
    }
    return frames
  }

  /** What the only frame heard since the last call says; it must be of the tag. */
  heardOnly<T>(tag: number, codec: PayloadCodec<T>): T {
    const frames = this.heard()
    const [frame] = frames
    if (frame === undefined || frames.length > 1 || frame.tag !== tag) {
      throw new Error(`expected one frame of tag ${tag}, got ${frames.map((it) => it.tag).join(', ') || 'none'}`)
    }
    return codec.decode(frame.payload)
  }

  /** Sends a message of the number. */
  send(note: Note, seq: number): SessionEvent[] {
    note.encode(FEATURES_ALL)
    return this.write((writer) => {
      writer.writeMessage(note, seq, 0)
    })
  }

  /** Banner, HELLO, AUTH_DONE and a signature of zeros: a dialling session asks for a session next. */
  letIn(mode: number = ConnectionMode.crc): SessionEvent[] {
    this.banner()
    this.hello()
    this.session.giveAuthorizer({ protocol: 1, bytes: Uint8Array.of(9) })
    this.heard()
    this.say(FrameTag.authDone, authDonePayload, { globalId: 7n, mode, payload: NO_BYTES })
    this.heard()
    return this.sign()
  }

  /** Banner, HELLO, AUTH_REQUEST and a signature of zeros: an accepting session waits for a request next. */
  getIn(): SessionEvent[] {
    this.banner()
    this.hello()
    this.say(FrameTag.authRequest, authRequestPayload, { method: 1, modes: [1], payload: NO_BYTES })
    this.session.answerAuthorizer({ kind: 'accepted', reply: NO_BYTES })
    this.heard()
    return this.sign()
  }

  sign(signature: Uint8Array = new Uint8Array(32)): SessionEvent[] {
    return this.say(FrameTag.authSignature, authSignaturePayload, signature)
  }

  #deliver(): SessionEvent[] {
    const bytes = joined(this.#output.take())
    this.session.receive(bytes, this.#nowMs)
    return this.#drain()
  }

  /** All events that wait. Messages are admitted, and answers to authorizers taken as they are. */
  #drain(): SessionEvent[] {
    const events: SessionEvent[] = []
    for (let event = this.session.nextEvent(); event !== undefined; event = this.session.nextEvent()) {
      events.push(event)
      if (event.kind === 'messageArriving') this.session.admit()
      if (event.kind === 'authorizerAnswered') this.session.secure(this.security)
    }
    return events
  }
}

/** What an OSD at A says when it asks an OSD at B for a session. */
export function clientIdent(fields: Partial<ClientIdent> = {}): ClientIdent {
  return {
    addrs: new EntityAddrVec([ADDR_A2]),
    targetAddr: ADDR_B2,
    gid: 3,
    globalSeq: 40,
    featuresSupported: FEATURES_ALL,
    featuresRequired: 0n,
    lossy: false,
    cookie: 0xc1n,
    ...fields,
  }
}

/** What an OSD at B answers. */
export function serverIdent(fields: Partial<ServerIdent> = {}): ServerIdent {
  return {
    addrs: new EntityAddrVec([ADDR_B2]),
    gid: 4,
    globalSeq: 50,
    featuresSupported: FEATURES_ALL,
    featuresRequired: 0n,
    lossy: false,
    cookie: 0x5en,
    ...fields,
  }
}

/** What an OSD at A says when it asks to go on with a session. */
export function sessionReconnect(fields: Partial<SessionReconnect> = {}): SessionReconnect {
  return {
    addrs: new EntityAddrVec([ADDR_A2]),
    clientCookie: 0xc1n,
    serverCookie: 0x5en,
    globalSeq: 41,
    connectSeq: 1,
    inSeq: 0,
    ...fields,
  }
}
