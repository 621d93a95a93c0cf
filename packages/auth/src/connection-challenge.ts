/**
 * What a server has challenged the client of one connection with, to be answered as often as that asks to connect: an
 * answer to anything else is a replay.
 */
export class ConnectionChallenge {
  #challenge: bigint | undefined

  /** False if there was one before: a client gets but one. */
  add(challenge: bigint): boolean {
    if (this.#challenge !== undefined) return false
    this.#challenge = challenge
    return true
  }

  /** Whether this is the one. */
  accepts(challenge: bigint): boolean {
    return challenge === this.#challenge
  }
}
