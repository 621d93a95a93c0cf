import { EntityName, hasFeature } from '@msgr/message'
import type { HandshakeParts } from '../create-handshake.ts'
import { ProtocolError } from '../errors.ts'
import type { Authorizer, DialHandshake, HandshakeStep } from '../handshake.ts'
import type { TransportSecurity } from '../security.ts'
import type { HandshakeSignal } from '../wire.ts'
import {
  authBadMethodPayload,
  authDonePayload,
  authMorePayload,
  authRequestPayload,
  authSignaturePayload,
} from './auth-payloads.ts'
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
  type ServerIdent,
} from './session-payloads.ts'
import { unexpectedFrame, WireV2 } from './wire-v2.ts'

type Stage = 'banner' | 'hello' | 'auth' | 'signature' | 'session' | 'over'

/**
 * The dialling end of one handshake in version 2:
 *
 *     banner ─ hello ─ auth (request, more …) ─ done ─ signature ─ session (ident or reconnect, and again) ─ over
 *
 * Ceph: src/msg/async/ProtocolV2.cc, handle_hello to handle_server_ident and handle_reconnect_ok
 */
export class DialHandshakeV2 implements DialHandshake {
  readonly wire: WireV2
  readonly #parts: HandshakeParts
  readonly #modes: readonly number[]
  #stage: Stage = 'banner'
  #globalSeq: number
  /** The authorizer that is asked for belongs to what was begun, and is no new request. */
  #isMore = false
  #mode = 0
  #rounds = 0

  constructor(parts: HandshakeParts) {
    const { facts, memory, options } = parts
    this.#parts = parts
    this.#modes = options.termsFor(memory.peerType, 'dial', facts.remoteAddr).modes
    this.#globalSeq = options.globalSeq.next()
    this.wire = new WireV2('dial', options.wire)
  }

  act(signal: HandshakeSignal): HandshakeStep {
    if (signal === 'bannerReceived') return this.#greet()
    switch (this.#stage) {
      case 'hello':
        return this.#greeted()
      case 'auth':
        return this.#authAnswered()
      case 'signature':
        return this.#signed()
      case 'session':
        return this.#sessionAnswered()
      default:
        throw unexpectedFrame(this.wire.tag, 'one of an open session')
    }
  }

  giveAuthorizer({ protocol, bytes }: Authorizer): HandshakeStep {
    if (this.#isMore) {
      this.wire.write(FrameTag.authRequestMore, authMorePayload, { payload: bytes })
    } else {
      const request = { method: protocol, modes: this.#modes, payload: bytes }
      this.wire.write(FrameTag.authRequest, authRequestPayload, request)
    }
    return 'ongoing'
  }

  secure(security: TransportSecurity | undefined): HandshakeStep {
    const signature = this.wire.secure(this.#mode, security)
    this.wire.write(FrameTag.authSignature, authSignaturePayload, signature)
    this.#stage = 'signature'
    return 'ongoing'
  }

  #greet(): HandshakeStep {
    const { facts, options } = this.#parts
    this.wire.start()
    this.wire.write(FrameTag.hello, helloPayload, { entityType: options.ownType, peerAddr: facts.remoteAddr })
    this.#stage = 'hello'
    return 'ongoing'
  }

  #greeted(): HandshakeStep {
    const { memory, emit } = this.#parts
    if (this.wire.tag !== FrameTag.hello) throw unexpectedFrame(this.wire.tag, 'hello (1)')
    const { entityType, peerAddr: seenAddr } = this.wire.read(helloPayload)
    if (entityType !== memory.peerType) {
      const text = `type of the peer: expected ${memory.peerType}, got ${entityType}`
      throw new ProtocolError('ERR_MSGR_WRONG_PEER', text)
    }
    emit({ kind: 'identified', peerAddr: memory.peerAddr, seenAddr })
    emit({ kind: 'authorizerNeeded', challenge: undefined })
    this.#stage = 'auth'
    return 'authorizer'
  }

  #authAnswered(): HandshakeStep {
    this.#countRound()
    const { wire } = this
    const { emit } = this.#parts
    switch (wire.tag) {
      case FrameTag.authReplyMore:
        this.#isMore = true
        emit({ kind: 'authorizerNeeded', challenge: wire.read(authMorePayload).payload })
        return 'authorizer'
      case FrameTag.authBadMethod: {
        this.#isMore = false
        const refusal = wire.read(authBadMethodPayload)
        const { method, result, allowedMethods, allowedModes } = refusal
        const allowed = `it allows methods [${allowedMethods.join(', ')}] and modes [${allowedModes.join(', ')}]`
        const text = `the peer refuses our authorizer of method ${method}, with result ${result}: ${allowed}`
        emit({ kind: 'authorizerRefused', refusal, error: new ProtocolError('ERR_MSGR_REFUSED', text) })
        return 'authorizer'
      }
      case FrameTag.authDone:
        return this.#authDone()
      default:
        throw unexpectedFrame(wire.tag, 'an answer to authentication (3, 4 or 6)')
    }
  }

  #authDone(): HandshakeStep {
    const { memory, emit } = this.#parts
    const { globalId, mode, payload } = this.wire.read(authDonePayload)
    if (!this.#modes.includes(mode)) {
      const text = `mode: expected one of ${this.#modes.join(', ')}, which were asked for, got ${mode}`
      throw new ProtocolError('ERR_MSGR_REFUSED', text)
    }
    this.#mode = mode
    memory.globalId = globalId
    emit({ kind: 'authorizerAnswered', answer: { reply: payload, globalId, mode } })
    return 'security'
  }

  #signed(): HandshakeStep {
    if (this.wire.tag !== FrameTag.authSignature) throw unexpectedFrame(this.wire.tag, 'a signature (7)')
    this.wire.checkSignature(this.wire.read(authSignaturePayload))
    this.#stage = 'session'
    return this.#askForSession()
  }

  #askForSession(): HandshakeStep {
    if (this.#parts.memory.serverCookie === 0n) this.#askForNewSession()
    else this.#askToReconnect()
    return 'ongoing'
  }

  #askForNewSession(): void {
    const { memory, options } = this.#parts
    const { policy } = memory
    if (policy.lossy) memory.clientCookie = 0n
    else if (memory.clientCookie === 0n) memory.clientCookie = randomCookie(options.random)
    memory.triedCookie = memory.clientCookie
    this.wire.write(FrameTag.clientIdent, clientIdentPayload, {
      addrs: options.ownAddrs(),
      targetAddr: memory.peerAddr,
      gid: options.wire.ownNum,
      globalSeq: this.#globalSeq,
      featuresSupported: policy.featuresSupported,
      featuresRequired: policy.featuresRequired,
      lossy: policy.lossy,
      cookie: memory.clientCookie,
    })
  }

  #askToReconnect(): void {
    const { memory, options } = this.#parts
    const { clientCookie, serverCookie, connectSeq, inSeq } = memory
    this.wire.write(FrameTag.sessionReconnect, sessionReconnectPayload, {
      addrs: options.ownAddrs(),
      clientCookie,
      serverCookie,
      globalSeq: this.#globalSeq,
      connectSeq,
      inSeq,
    })
    memory.inSeqAcked = inSeq
  }

  #sessionAnswered(): HandshakeStep {
    this.#countRound()
    const { wire } = this
    const { memory, options, emit } = this.#parts
    switch (wire.tag) {
      case FrameTag.serverIdent:
        return this.#open(wire.read(serverIdentPayload))
      case FrameTag.sessionReconnectOk:
        memory.queue.discardRequeuedUpTo(wire.read(sessionReconnectOkPayload).inSeq)
        return this.#opened()
      case FrameTag.wait:
        return 'wait'
      case FrameTag.sessionReset:
        if (!wire.read(sessionResetPayload).full) memory.restart()
        else if (memory.reset(options.random)) emit({ kind: 'remoteReset' })
        return this.#askForSession()
      case FrameTag.sessionRetry:
        this.#retryWith(wire.read(sessionRetryPayload).connectSeq + 1)
        return this.#askForSession()
      case FrameTag.sessionRetryGlobal:
        this.#globalSeq = options.globalSeq.next(wire.read(sessionRetryGlobalPayload).globalSeq)
        return this.#askForSession()
      case FrameTag.identMissingFeatures: {
        const missing = wire.read(identMissingFeaturesPayload).features
        const text = `the peer requires features 0x${missing.toString(16)}, which we lack`
        throw new ProtocolError('ERR_MSGR_REFUSED', text)
      }
      default:
        throw unexpectedFrame(wire.tag, 'an answer about the session (9, 10 or 12 to 16)')
    }
  }

  #retryWith(connectSeq: number): void {
    const { memory } = this.#parts
    if (connectSeq <= memory.connectSeq || !Number.isSafeInteger(connectSeq)) {
      const range = `more than ${memory.connectSeq} and less than 2^53`
      const text = `connect seq to retry with: expected ${range}, got ${connectSeq}`
      throw new ProtocolError('ERR_MSGR_BAD_REPLY', text)
    }
    memory.connectSeq = connectSeq
  }

  #open(ident: ServerIdent): HandshakeStep {
    const { memory } = this.#parts
    const { featuresSupported, featuresRequired } = memory.policy
    if (!ident.addrs.contains(memory.peerAddr)) {
      const text = `addresses of the peer: expected ${memory.peerAddr.toString()}, got ${ident.addrs.toString()}`
      throw new ProtocolError('ERR_MSGR_WRONG_PEER', text)
    }
    if (!hasFeature(ident.featuresSupported, featuresRequired)) {
      const missing = featuresRequired & ~ident.featuresSupported
      throw new ProtocolError('ERR_MSGR_REFUSED', `the peer lacks features 0x${missing.toString(16)}, which we require`)
    }
    memory.peerAddrs = ident.addrs
    memory.peerName = new EntityName(memory.peerType, ident.gid)
    memory.peerGlobalSeq = ident.globalSeq
    memory.features = ident.featuresSupported & featuresSupported
    // The accepting end decides whether the session is one that either end gives up after an error.
    memory.agreedLossy = ident.lossy
    memory.serverCookie = ident.cookie
    memory.triedCookie = 0n
    // Either end of a new session counts from 1.
    memory.inSeq = 0
    memory.inSeqAcked = 0
    memory.queue.restartNumbers()
    return this.#opened()
  }

  #opened(): HandshakeStep {
    const { memory, emit } = this.#parts
    memory.isConfirmed = true
    this.wire.open(memory.peerName ?? new EntityName(memory.peerType, -1))
    this.#stage = 'over'
    emit({ kind: 'connected' })
    return 'opened'
  }

  #countRound(): void {
    const { maxHandshakeRounds } = this.#parts.options
    if (++this.#rounds <= maxHandshakeRounds) return
    const text = `rounds of one handshake: expected at most ${maxHandshakeRounds}, got ${this.#rounds}`
    throw new ProtocolError('ERR_MSGR_TOO_MANY_ROUNDS', text)
  }
}
