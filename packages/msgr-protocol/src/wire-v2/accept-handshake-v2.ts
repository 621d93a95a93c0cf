import { EntityName, hasFeature, type EntityAddr, type EntityAddrVec } from '@msgr/message'
import type { AcceptingState, AcceptingStateV2, RestoreSecurity } from '../accepting-state.ts'
import type { HandshakeParts } from '../create-handshake.ts'
import type { AskedSessionV2 } from '../decide-accept.ts'
import { ProtocolError } from '../errors.ts'
import {
  AuthProtocol,
  type AcceptHandshake,
  type AuthorizerVerdict,
  type HandshakeStep,
  type RetryDecision,
} from '../handshake.ts'
import type { SessionMemory } from '../session-memory.ts'
import type { PeerTerms } from '../session-options.ts'
import type { HandshakeSignal } from '../wire.ts'
import {
  authBadMethodPayload,
  authDonePayload,
  authMorePayload,
  authRequestPayload,
  authSignaturePayload,
} from './auth-payloads.ts'
import { ConnectionMode } from './connection-mode.ts'
import { FrameTag } from './frame-tag.ts'
import { helloPayload } from './hello-payload.ts'
import { randomCookie } from './random-cookie.ts'
import {
  clientIdentPayload,
  identMissingFeaturesPayload,
  serverIdentPayload,
  sessionReconnectOkPayload,
  sessionReconnectPayload,
  sessionResetPayload,
  sessionRetryGlobalPayload,
  sessionRetryPayload,
  type ClientIdent,
  type SessionReconnect,
} from './session-payloads.ts'
import { addrsOf, askedBy, decodeRequest, encodeRequest, type SessionRequest } from './session-request.ts'
import { unexpectedFrame, WireV2 } from './wire-v2.ts'

type Stage = 'banner' | 'hello' | 'auth' | 'authMore' | 'signature' | 'session' | 'over'

const ACCESS_DENIED = -13
const NOT_SUPPORTED = -95

/**
 * The accepting end of one handshake in version 2: has the peer prove who it is, and its request decided. If a session
 * held already goes on, the handshake moves there with its wire.
 * Ceph: src/msg/async/ProtocolV2.cc, handle_hello to handle_client_ident and handle_reconnect
 */
export class AcceptHandshakeV2 implements AcceptHandshake {
  readonly wire: WireV2
  readonly #parts: HandshakeParts
  #stage: Stage = 'banner'
  #peerType = -1
  #terms: PeerTerms | undefined
  #method = 0
  #mode = 0
  #globalId = 0n
  #request: SessionRequest | undefined
  #rounds = 0

  private constructor(parts: HandshakeParts, wire: WireV2) {
    this.#parts = parts
    this.wire = wire
  }

  static begin(parts: HandshakeParts): AcceptHandshakeV2 {
    return new AcceptHandshakeV2(parts, new WireV2('accept', parts.options.wire))
  }

  /** Goes on where another one waited for a decision. */
  static resume(parts: HandshakeParts, state: AcceptingStateV2, restore: RestoreSecurity): AcceptHandshakeV2 {
    const security = state.security && restore(state.security)
    const handshake = new AcceptHandshakeV2(parts, new WireV2('accept', parts.options.wire, { state, security }))
    handshake.#goOn(state)
    return handshake
  }

  act(signal: HandshakeSignal): HandshakeStep {
    if (signal === 'bannerReceived') return this.#greet()
    const { tag } = this.wire
    switch (this.#stage) {
      case 'hello':
        return this.#greeted()
      case 'auth':
        if (tag !== FrameTag.authRequest) throw unexpectedFrame(tag, 'a request to authenticate (2)')
        return this.#authRequested()
      case 'authMore':
        if (tag !== FrameTag.authRequestMore) throw unexpectedFrame(tag, 'more of authentication (5)')
        return this.#judge(this.wire.read(authMorePayload).payload, true)
      case 'signature':
        return this.#signed()
      case 'session':
        return this.#sessionRequested()
      default:
        throw unexpectedFrame(tag, 'one of an open session')
    }
  }

  answerAuthorizer(verdict: AuthorizerVerdict): HandshakeStep {
    switch (verdict.kind) {
      case 'challenge':
        this.wire.write(FrameTag.authReplyMore, authMorePayload, { payload: verdict.bytes })
        this.#stage = 'authMore'
        return 'ongoing'
      case 'refused':
        this.#refuse(verdict.result ?? ACCESS_DENIED, verdict.methods ?? [])
        return 'ongoing'
      case 'accepted': {
        const { globalId = 0n, reply, security } = verdict
        this.#globalId = globalId
        this.wire.write(FrameTag.authDone, authDonePayload, { globalId, mode: this.#mode, payload: reply })
        const signature = this.wire.secure(this.#mode, security)
        this.wire.write(FrameTag.authSignature, authSignaturePayload, signature)
        this.#stage = 'signature'
        return 'ongoing'
      }
    }
  }

  retry(decision: RetryDecision): void {
    const { wire } = this
    switch (decision.kind) {
      case 'resetSession':
        wire.write(FrameTag.sessionReset, sessionResetPayload, { full: decision.partly !== true })
        return
      case 'retrySession':
        // The peer adds one to the number that it is told.
        wire.write(FrameTag.sessionRetry, sessionRetryPayload, { connectSeq: decision.seq - 1 })
        return
      case 'retryGlobal':
        wire.write(FrameTag.sessionRetryGlobal, sessionRetryGlobalPayload, { globalSeq: decision.seq })
        return
      case 'wait':
        wire.writeEmpty(FrameTag.wait)
    }
  }

  /** Agrees. In this version the peer has said what it has got when it asked, so this is never true. */
  open(memory: SessionMemory): boolean {
    memory.globalId = this.#globalId
    const request = this.#request
    if (request === undefined) throw new Error('a handshake is answered before a request has come')
    if (request.kind === 'clientIdent') this.#begin(memory, request.ident)
    else this.#resume(memory, request.reconnect)
    this.wire.open(memory.peerName ?? new EntityName(memory.peerType, -1))
    this.#stage = 'over'
    return false
  }

  takeState(ageMs: number): AcceptingState | undefined {
    const request = this.#request
    if (request === undefined) throw new Error('a handshake is moved before a request has come')
    const encoded = encodeRequest(request)
    const ofWire = this.wire.takeState()
    if (ofWire === undefined) return undefined
    return {
      wire: 'v2',
      remoteAddr: this.#parts.facts.remoteAddr.fields,
      ageMs,
      rounds: this.#rounds,
      peerType: this.#peerType,
      globalId: this.#globalId,
      request: encoded,
      ...ofWire,
    }
  }

  #goOn(state: AcceptingStateV2): void {
    this.#setPeerType(state.peerType)
    this.#globalId = state.globalId
    this.#rounds = state.rounds
    this.#stage = 'session'
    const asked = this.#asked(decodeRequest(state.request))
    this.#parts.emit({ kind: 'connectRequested', asked })
  }

  #greet(): HandshakeStep {
    const { facts, options } = this.#parts
    this.wire.start()
    this.wire.write(FrameTag.hello, helloPayload, { entityType: options.ownType, peerAddr: facts.remoteAddr })
    this.#stage = 'hello'
    return 'ongoing'
  }

  #greeted(): HandshakeStep {
    if (this.wire.tag !== FrameTag.hello) throw unexpectedFrame(this.wire.tag, 'hello (1)')
    this.#setPeerType(this.wire.read(helloPayload).entityType)
    this.#stage = 'auth'
    return 'ongoing'
  }

  #setPeerType(peerType: number): void {
    const { facts, memory, options } = this.#parts
    this.#peerType = peerType
    this.#terms = options.termsFor(peerType, 'accept', facts.remoteAddr)
    memory.peerType = peerType
  }

  #authRequested(): HandshakeStep {
    const { method, modes, payload } = this.wire.read(authRequestPayload)
    this.#method = method
    const allowed = this.#allowedModes
    const mode = modes.find((wanted) => allowed.includes(wanted))
    if (mode === undefined) {
      this.#countRound()
      this.#refuse(NOT_SUPPORTED, [method])
      return 'ongoing'
    }
    this.#mode = mode
    return this.#judge(payload, false)
  }

  #judge(bytes: Uint8Array, isMore: boolean): HandshakeStep {
    this.#countRound()
    const authorizer = { protocol: this.#method, bytes }
    const shown = { peerType: this.#peerType, authorizer, features: undefined, mode: this.#mode, isMore }
    this.#parts.emit({ kind: 'authorizerReceived', shown })
    return 'verdict'
  }

  #refuse(result: number, allowedMethods: readonly number[]): void {
    const refusal = { method: this.#method, result, allowedMethods, allowedModes: this.#allowedModes }
    this.wire.write(FrameTag.authBadMethod, authBadMethodPayload, refusal)
  }

  /** Method none has no secret that frames could be encrypted with. */
  get #allowedModes(): readonly number[] {
    const modes = this.#current.terms.modes
    return this.#method === AuthProtocol.none ? modes.filter((mode) => mode === ConnectionMode.crc) : modes
  }

  #signed(): HandshakeStep {
    if (this.wire.tag !== FrameTag.authSignature) throw unexpectedFrame(this.wire.tag, 'a signature (7)')
    this.wire.checkSignature(this.wire.read(authSignaturePayload))
    this.#stage = 'session'
    return 'ongoing'
  }

  #sessionRequested(): HandshakeStep {
    this.#countRound()
    const { tag } = this.wire
    this.#request = undefined
    if (tag === FrameTag.clientIdent) return this.#identified(this.wire.read(clientIdentPayload))
    if (tag !== FrameTag.sessionReconnect) throw unexpectedFrame(tag, 'a request for a session (8 or 11)')
    return this.#requested({ kind: 'sessionReconnect', reconnect: this.wire.read(sessionReconnectPayload) })
  }

  #identified(ident: ClientIdent): HandshakeStep {
    const ownAddrs = this.#parts.options.ownAddrs()
    const { featuresRequired } = this.#current.terms.policy
    const { targetAddr, featuresSupported } = ident
    if (!ownAddrs.contains(targetAddr)) {
      const text = `address that was dialled: expected one of ${ownAddrs.toString()}, got ${targetAddr.toString()}`
      throw new ProtocolError('ERR_MSGR_WRONG_PEER', text)
    }
    if (!hasFeature(featuresSupported, featuresRequired)) {
      const features = featuresRequired & ~featuresSupported
      this.wire.write(FrameTag.identMissingFeatures, identMissingFeaturesPayload, { features })
      return 'ongoing'
    }
    return this.#requested({ kind: 'clientIdent', ident })
  }

  #requested(request: SessionRequest): HandshakeStep {
    const { memory, emit } = this.#parts
    const asked = this.#asked(request)
    emit({ kind: 'identified', peerAddr: memory.peerAddr, seenAddr: undefined })
    emit({ kind: 'connectRequested', asked })
    return 'decision'
  }

  /** Notes the request, and who it comes from. */
  #asked(request: SessionRequest): AskedSessionV2 {
    const { memory, options } = this.#parts
    const addrs = addrsOf(request)
    if (addrs.front.isBlankIp) {
      throw new ProtocolError('ERR_MSGR_WRONG_PEER', `address of the peer: expected an IP, got ${addrs.toString()}`)
    }
    this.#request = request
    memory.peerAddr = msgr2OrFront(addrs)
    memory.peerAddrs = addrs
    const fromLowerAddr = memory.peerAddr.compare(msgr2OrFront(options.ownAddrs())) < 0
    return { wire: 'v2', fromLowerAddr, policy: this.#current.terms.policy, ...askedBy(request) }
  }

  /** A new session, in the place of whatever was held: either end counts from 1. */
  #begin(memory: SessionMemory, ident: ClientIdent): void {
    const { options } = this.#parts
    const { policy } = this.#current.terms
    const { lossy, featuresSupported, featuresRequired } = policy
    memory.policy = policy
    memory.agreedLossy = lossy
    memory.peerType = this.#peerType
    memory.peerAddr = msgr2OrFront(ident.addrs)
    memory.peerAddrs = ident.addrs
    memory.peerName = new EntityName(this.#peerType, ident.gid)
    memory.peerGlobalSeq = ident.globalSeq
    memory.features = ident.featuresSupported & featuresSupported
    memory.restart()
    memory.clientCookie = lossy ? 0n : ident.cookie
    memory.serverCookie = lossy ? 0n : randomCookie(options.random)
    memory.queue.restartNumbers()
    this.wire.write(FrameTag.serverIdent, serverIdentPayload, {
      addrs: options.ownAddrs(),
      gid: options.wire.ownNum,
      globalSeq: options.globalSeq.next(),
      featuresSupported,
      featuresRequired,
      lossy,
      cookie: memory.serverCookie,
    })
  }

  #resume(memory: SessionMemory, asked: SessionReconnect): void {
    memory.connectSeq = asked.connectSeq
    memory.peerGlobalSeq = asked.globalSeq
    memory.isConfirmed = true
    memory.triedCookie = 0n
    memory.queue.discardRequeuedUpTo(asked.inSeq)
    memory.inSeqAcked = memory.inSeq
    this.wire.write(FrameTag.sessionReconnectOk, sessionReconnectOkPayload, { inSeq: memory.inSeq })
  }

  get #current(): { terms: PeerTerms } {
    if (this.#terms === undefined) throw new Error('a handshake goes on before the peer has said what it is')
    return { terms: this.#terms }
  }

  #countRound(): void {
    const { maxHandshakeRounds } = this.#parts.options
    if (++this.#rounds <= maxHandshakeRounds) return
    const text = `rounds of one handshake: expected at most ${maxHandshakeRounds}, got ${this.#rounds}`
    throw new ProtocolError('ERR_MSGR_TOO_MANY_ROUNDS', text)
  }
}

/** The address that stands for a peer in version 2. */
function msgr2OrFront(addrs: EntityAddrVec): EntityAddr {
  const addr = addrs.msgr2Addr()
  return addr.type === 'v2' ? addr : addrs.front
}
