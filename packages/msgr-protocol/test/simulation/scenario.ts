import type { PolicyName } from '../../src/index.ts'

/** Which wire the hosts of a scenario speak. */
export type WireName = 'v1' | 'v2'

/** All that a simulation is told: plain data, which follows from a seed (`unfold`). Times are virtual milliseconds. */
export interface Scenario {
  readonly seed: number
  readonly wire: WireName
  /** A host is named by its place in here. */
  readonly hosts: readonly HostPlan[]
  readonly pairs: readonly PairPlan[]
  /** What the first links are like, in the order in which they are dialled. Later ones have no trouble. */
  readonly links: readonly LinkTrouble[]
  /** In the order in which they happen. */
  readonly steps: readonly Step[]
  /** From here on the network is perfect, and nobody restarts. */
  readonly healAtMs: number
}

export interface HostPlan {
  /** One of `EntityType`; no two hosts of a scenario have the same. */
  readonly type: number
  readonly nonce: number
  /** 0: it can only dial. */
  readonly port: number
  readonly timing: {
    readonly initialBackoffMs: number
    readonly maxBackoffMs: number
    readonly connectionReadyTimeoutMs: number
    readonly connectionIdleTimeoutMs: number
  }
  /** Bytes it reads at once. Large bodies are given to the application where they were read. */
  readonly slabSize: number
  /** How many of all messages have to wait for admission, from 0 to 1, and how long. */
  readonly holdBackShare: number
  readonly holdBackMs: number
  /** How many of all questions of a handshake it ponders, from 0 to 1, and how long. */
  readonly ponderShare: number
  readonly ponderMs: number
}

/** Two hosts that speak to each other, and what each thinks of the other. */
export interface PairPlan {
  readonly hosts: readonly [number, number]
  readonly policies: readonly [PolicyName, PolicyName]
}

export type End = 'dialler' | 'acceptor'

export interface LinkTrouble {
  readonly latencyMs: number
  /** The stream is cut into pieces of up to so many bytes; 0: not at all. */
  readonly maxPieceBytes: number
  /** The attempt is turned away, or lost on its way. */
  readonly fails: 'refused' | 'lost' | undefined
  /** It breaks when so many bytes of one end have been delivered. */
  readonly breaks: { readonly end: End; readonly atBytes: number } | undefined
  /** It stands still for a while when so many bytes of one end have been delivered. */
  readonly stalls: { readonly end: End; readonly atBytes: number; readonly forMs: number } | undefined
  /** When each end notices that it is broken. */
  readonly noticeMs: Readonly<Record<End, number>>
}

export interface NotePlan {
  readonly dataLength: number
  readonly priority: number
  /** Whoever gets it sends this one back, or ends the session, from inside the handler. */
  readonly answer: NotePlan | 'markDown' | undefined
}

export type Step = { readonly atMs: number } & (
  | { readonly kind: 'send'; readonly from: number; readonly to: number; readonly notes: readonly NotePlan[] }
  | { readonly kind: 'keepalive'; readonly from: number; readonly to: number }
  | { readonly kind: 'markDown'; readonly from: number; readonly to: number }
  | { readonly kind: 'makeLossy'; readonly from: number; readonly to: number }
  /** Breaks the newest link between two hosts. `noticeMs`: when each of them, in this order, notices. */
  | { readonly kind: 'cut'; readonly hosts: readonly [number, number]; readonly noticeMs: readonly [number, number] }
  | RestartStep
)

/**
 * A process ends, and another takes its place after a while. After `exit` its sockets are closed; after `crash` its
 * peers notice nothing by themselves, and their attempts to connect are lost while it is down. A new process with a
 * new nonce is another peer, of which the others learn later.
 */
export interface RestartStep {
  readonly kind: 'restart'
  readonly host: number
  readonly how: 'exit' | 'crash'
  readonly downMs: number
  readonly newNonce: number | undefined
  readonly learnedAfterMs: number
}
