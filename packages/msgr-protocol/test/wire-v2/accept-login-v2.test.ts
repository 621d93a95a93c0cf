import { EntityType } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { FrameTag, type SessionEvent } from '../../src/index.ts'
import {
  authBadMethodPayload,
  authDonePayload,
  authMorePayload,
  authRequestPayload,
  authSignaturePayload,
} from '../../src/wire-v2/auth-payloads.ts'
import { clientIdentPayload } from '../../src/wire-v2/session-payloads.ts'
import { eventOf } from '../network/raw-peer.ts'
import { clientIdent, NO_BYTES } from '../network/raw-peer-v2.ts'
import { BY_NONE, challenged, greeted } from './handshake-ends.ts'

describe('a peer that asks to be let in', () => {
  test('shows what it has, with the mode that would be used: the first of its own that we allow', () => {
    const peer = greeted({ modes: [1, 2] })
    const request = { method: 2, modes: [7, 2, 1], payload: Uint8Array.of(3, 4) }
    const { shown } = eventOf(peer.say(FrameTag.authRequest, authRequestPayload, request), 'authorizerReceived')
    expect(shown).toEqual({
      peerType: EntityType.osd,
      authorizer: { protocol: 2, bytes: Uint8Array.of(3, 4) },
      features: undefined,
      mode: 2,
      isMore: false,
    })
  })

  test('by method none has nothing that frames could be encrypted with', () => {
    const peer = greeted({ modes: [2, 1] })
    const request = { method: 1, modes: [2, 1], payload: NO_BYTES }
    const { shown } = eventOf(peer.say(FrameTag.authRequest, authRequestPayload, request), 'authorizerReceived')
    expect(shown.mode).toBe(1)
  })

  test.each([
    ['none of our modes', [1], { method: 2, modes: [2], payload: NO_BYTES }, [1]],
    ['no mode at all', [2, 1], { method: 2, modes: [], payload: NO_BYTES }, [2, 1]],
    ['encryption by method none', [2, 1], { method: 1, modes: [2], payload: NO_BYTES }, [1]],
  ])('with %s is refused, may ask again on the same transport, and nobody is asked', (_, modes, request, allowed) => {
    const peer = greeted({ modes })
    expect(peer.say(FrameTag.authRequest, authRequestPayload, request)).toEqual([])
    expect(peer.heardOnly(FrameTag.authBadMethod, authBadMethodPayload)).toEqual({
      method: request.method,
      result: -95,
      allowedMethods: [request.method],
      allowedModes: allowed,
    })
    const events = peer.say(FrameTag.authRequest, authRequestPayload, { ...request, modes: allowed })
    expect(eventOf(events, 'authorizerReceived').shown.mode).toBe(allowed[0])
  })

  test('is refused as its judge says, and may come with another method', () => {
    const peer = greeted({ modes: [2, 1] })
    peer.say(FrameTag.authRequest, authRequestPayload, { ...BY_NONE, method: 4 })
    peer.session.answerAuthorizer({ kind: 'refused', result: -95, methods: [2, 1] })
    expect(peer.heardOnly(FrameTag.authBadMethod, authBadMethodPayload)).toEqual({
      method: 4,
      result: -95,
      allowedMethods: [2, 1],
      allowedModes: [2, 1],
    })
    const events = peer.say(FrameTag.authRequest, authRequestPayload, { ...BY_NONE, method: 2 })
    expect(eventOf(events, 'authorizerReceived').shown.authorizer.protocol).toBe(2)
  })

  test('is refused with EACCES if its judge does not say why', () => {
    const peer = greeted()
    peer.say(FrameTag.authRequest, authRequestPayload, BY_NONE)
    peer.session.answerAuthorizer({ kind: 'refused' })
    const refusal = peer.heardOnly(FrameTag.authBadMethod, authBadMethodPayload)
    expect(refusal).toMatchObject({ result: -13, allowedMethods: [] })
  })

  test('is asked for more, which is shown as such, under the method and the mode that it began with', () => {
    const peer = greeted({ modes: [2, 1] })
    peer.say(FrameTag.authRequest, authRequestPayload, { method: 2, modes: [2], payload: NO_BYTES })
    for (const byte of [5, 6]) {
      peer.session.answerAuthorizer({ kind: 'challenge', bytes: Uint8Array.of(byte) })
      expect(peer.heardOnly(FrameTag.authReplyMore, authMorePayload).payload).toEqual(Uint8Array.of(byte))
      const more = { payload: Uint8Array.of(byte, byte) }
      const { shown } = eventOf(peer.say(FrameTag.authRequestMore, authMorePayload, more), 'authorizerReceived')
      expect(shown).toMatchObject({ isMore: true, mode: 2, authorizer: { protocol: 2, bytes: more.payload } })
    }
  })

  // As Ceph: a client has to connect again.
  test('and said more, and was refused, has no other try on this transport', () => {
    const peer = challenged()
    peer.say(FrameTag.authRequestMore, authMorePayload, { payload: NO_BYTES })
    peer.session.answerAuthorizer({ kind: 'refused' })
    const { error } = eventOf(peer.say(FrameTag.authRequest, authRequestPayload, BY_NONE), 'closeTransport')
    expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_TAG' })
  })

  test('is let in, and told its number, the mode, and what its judge had to say', () => {
    const peer = greeted()
    peer.say(FrameTag.authRequest, authRequestPayload, BY_NONE)
    peer.session.answerAuthorizer({ kind: 'accepted', reply: Uint8Array.of(7), globalId: 4_711n })
    const [done, signature, ...others] = peer.heard()
    expect(authDonePayload.decode(done!.payload)).toEqual({ globalId: 4_711n, mode: 1, payload: Uint8Array.of(7) })
    expect([done?.tag, signature?.tag, others]).toEqual([FrameTag.authDone, FrameTag.authSignature, []])
    expect(authSignaturePayload.decode(signature!.payload)).toEqual(new Uint8Array(32))
    peer.sign()
    peer.say(FrameTag.clientIdent, clientIdentPayload, clientIdent())
    peer.session.answerConnect({ kind: 'open' })
    expect(peer.session.facts.globalId).toBe(4_711n)
  })

  test.each([
    ['asks', false],
    ['says more', true],
  ])('and %s without an end is cut off', (_, isMore) => {
    const peer = greeted({ limits: { maxHandshakeRounds: 3 } })
    const ask = (): SessionEvent[] => peer.say(FrameTag.authRequest, authRequestPayload, BY_NONE)
    const more = (): SessionEvent[] => peer.say(FrameTag.authRequestMore, authMorePayload, { payload: NO_BYTES })
    ask()
    for (let i = 1; i < 3; i++) {
      peer.session.answerAuthorizer(isMore ? { kind: 'challenge', bytes: NO_BYTES } : { kind: 'refused' })
      eventOf(isMore ? more() : ask(), 'authorizerReceived')
    }
    peer.session.answerAuthorizer(isMore ? { kind: 'challenge', bytes: NO_BYTES } : { kind: 'refused' })
    const message = 'rounds of one handshake: expected at most 3, got 4'
    expect(eventOf(isMore ? more() : ask(), 'closeTransport').error).toMatchObject({
      code: 'ERR_MSGR_TOO_MANY_ROUNDS',
      message,
    })
  })

  test('and finds no mode without an end is cut off as well', () => {
    const peer = greeted({ limits: { maxHandshakeRounds: 3 } })
    const ask = (): SessionEvent[] => peer.say(FrameTag.authRequest, authRequestPayload, { ...BY_NONE, modes: [] })
    for (let i = 0; i < 3; i++) expect(ask()).toEqual([])
    expect(eventOf(ask(), 'closeTransport').error).toMatchObject({ code: 'ERR_MSGR_TOO_MANY_ROUNDS' })
  })
})
