import type { EntityAddrFields } from '@msgr/message'
import type {
  AcceptingState,
  Authorizer,
  AuthorizerAnswer,
  AuthorizerRefusal,
  Policy,
  PortableSecurity,
  WireVersion,
} from '@msgr/messenger-core'

/** A throttle that threads share. Its memory is another object wherever it comes, and so has a number. */
export interface SharedThrottle {
  readonly id: number
  readonly memory: SharedArrayBuffer
}

/** The throttles for messages from peers of one type. */
export interface SharedThrottlers {
  readonly bytes: SharedThrottle | undefined
  readonly messages: SharedThrottle | undefined
}

/** What may change about a messenger while its workers run. */
export interface Configuration {
  readonly ownLegacy: EntityAddrFields
  readonly ownAll: readonly EntityAddrFields[]
  readonly byDefault: Policy
  readonly byType: readonly (readonly [peerType: number, policy: Policy])[]
  readonly throttlers: readonly (readonly [peerType: number, throttlers: SharedThrottlers])[]
  readonly clusterProtocol: number
  readonly defaultSendPriority: number
}

/** What the messenger's thread tells a worker, about the connection with the handle that goes with it. */
export type ToWorker =
  | { readonly kind: 'configure'; readonly configuration: Configuration }
  | {
      readonly kind: 'dial'
      readonly peerType: number
      readonly peerAddr: EntityAddrFields
      readonly anyNonce: boolean
      /** It is not to be found by its peer's address. */
      readonly isAnonymous: boolean
    }
  /** A peer has opened this socket. */
  | { readonly kind: 'accept'; readonly fd: number; readonly wire: WireVersion }
  /** The same, and its handshake has come as far as `state` on another worker. */
  | {
      readonly kind: 'adopt'
      readonly fd: number
      readonly unsent: readonly Uint8Array[]
      readonly state: AcceptingState
    }
  /** Answers `requested`: decide about it there, or give it away with `moving`. */
  | { readonly kind: 'settle'; readonly isHere: boolean }
  /** Answers `ask`. */
  | { readonly kind: 'answer'; readonly question: number; readonly answer: Answer }
  | { readonly kind: 'want' | 'keepalive' | 'markDown' | 'makeDisposable' }
  /** A message of the connection makes no sense. */
  | { readonly kind: 'break'; readonly reason: string }
  | { readonly kind: 'stop' }

/** What a question to the authenticator led to. */
export type Answer =
  | { readonly kind: 'value'; readonly value: unknown }
  /** What was asked threw, or its promise was rejected. */
  | { readonly kind: 'error'; readonly message: string }

/** A question to the messenger's authenticator. */
export type Question =
  | { readonly method: 'getAuthorizer'; readonly challenge: Uint8Array | undefined }
  | { readonly method: 'replaceAuthorizer'; readonly refusal: AuthorizerRefusal }
  | { readonly method: 'checkAnswer'; readonly answer: AuthorizerAnswer }
  | {
      readonly method: 'verifyAuthorizer'
      readonly authorizer: Authorizer
      readonly features: bigint | undefined
      readonly mode: number
      readonly isMore: boolean
    }

/** What the authenticator says of a peer, in a form that crosses. Who the peer is stays with the messenger. */
export type PortableVerdict =
  | {
      readonly kind: 'accepted'
      readonly reply: Uint8Array
      readonly globalId: bigint | undefined
      readonly security: PortableSecurity | undefined
    }
  | { readonly kind: 'challenge'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly result: number | undefined; readonly methods: readonly number[] | undefined }

/** What others may know of a connection that is open. */
export interface OpenFacts {
  readonly peerType: number
  readonly peerAddr: EntityAddrFields
  readonly peerAddrs: readonly EntityAddrFields[]
  readonly features: bigint
}

/** What a worker tells the messenger's thread. */
export type FromWorker =
  /** It runs, and its fast dispatcher is there. */
  | { readonly kind: 'started' }
  | {
      readonly kind: 'opened'
      readonly how: 'connected' | 'accepted'
      readonly facts: OpenFacts
      readonly standsForItself: boolean
    }
  /** A peer asks for a session: is one held for this address, and where? */
  | { readonly kind: 'requested'; readonly peerAddr: EntityAddrFields }
  /** Answers `settle`: the connection's transport and handshake, which are gone from here. */
  | {
      readonly kind: 'moving'
      readonly fd: number
      readonly unsent: readonly Uint8Array[]
      readonly state: AcceptingState
    }
  /** `handshake` counts those of one connection. */
  | {
      readonly kind: 'ask'
      readonly question: number
      readonly handshake: number
      readonly wire: WireVersion
      readonly peerType: number
      readonly asked: Question
    }
  | { readonly kind: 'learnedAddr'; readonly seen: EntityAddrFields }
  | { readonly kind: 'remoteReset' | 'refused' }
  /** `heir`: the handle of the connection that goes on with its transport. */
  | { readonly kind: 'closed'; readonly wasKnown: boolean; readonly heir: number | undefined }
  | { readonly kind: 'log'; readonly level: number; readonly text: string }
  /** The worker is about to end, and has closed all that it had. */
  | { readonly kind: 'failed'; readonly reason: string }
