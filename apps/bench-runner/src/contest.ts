/** One way of doing the work of a case, ready to do it. */
export interface Contestant {
  /** Does it once. What it returns is of no account, but keeps the compiler from leaving it out. */
  operate(): unknown
  /**
   * What the work has come to, each thing under a name: contestants of the same case must agree on what they both
   * tell. Asked for before the first `operate`.
   */
  prove(): Readonly<Record<string, string | number>>
  /** Gives back what is not memory. */
  close?(): void
}

/** The same work for all. */
export interface ContestCase {
  readonly name: string
  /** The bytes that the work goes through, if that tells something. */
  readonly bytesPerOperation?: number
  /** Makes each contestant, by the name of the subject. Peers may be missing: see `loadPeer`. */
  readonly subjects: Readonly<Record<string, () => Contestant | Promise<Contestant>>>
}

/** Functions of a package and those of others that do the same, call by call, in one process each. */
export interface Contest {
  /** The suite's name. */
  readonly name: string
  /** Subjects that are ours: they are compared with the best of the others. */
  readonly ours: readonly string[]
  /** Subjects that do less than the others, and are no measure: they are shown, and compared with nothing. */
  readonly lesser?: readonly string[]
  readonly cases: readonly ContestCase[]
}
