/** Remembers what a server has challenged its clients with: an answer to anything else is a replay. */
export interface IssuedChallenges {
  /** False if no more may be issued here. */
  add(challenge: bigint): boolean
  /** Whether this one was issued and may still be answered. */
  accepts(challenge: bigint): boolean
}

/** That of one connection: one challenge, to be answered as often as the peer asks to connect. */
export class ConnectionChallenge implements IssuedChallenges {
  #challenge: bigint | undefined

  add(challenge: bigint): boolean {
    if (this.#challenge !== undefined) return false
    this.#challenge = challenge
    return true
  }

  accepts(challenge: bigint): boolean {
    return challenge === this.#challenge
  }
}

/**
 * Those of all connections of a server that is not told which connection it is asked for: each can be answered once,
 * by anyone. The oldest is forgotten when there are too many; its client is then challenged anew.
 */
export class SharedChallenges implements IssuedChallenges {
  readonly #challenges = new Set<bigint>()
  readonly #maxCount: number

  constructor(maxCount = 1024) {
    this.#maxCount = maxCount
  }

  add(challenge: bigint): boolean {
    const [oldest] = this.#challenges
    if (this.#challenges.size >= this.#maxCount && oldest !== undefined) this.#challenges.delete(oldest)
    this.#challenges.add(challenge)
    return true
  }

  accepts(challenge: bigint): boolean {
    return this.#challenges.delete(challenge)
  }
}
