/** A question: what goes there and what comes back. Plain data, fit for JSON. */
export interface Exchange {
  readonly argument: unknown
  readonly answer: unknown
}

/** All that may be asked of the other side. */
export type Protocol<P> = Record<keyof P, Exchange>

/** The side that asks. One question at a time. */
export interface Asked<P extends Protocol<P>> {
  ask<K extends keyof P & string>(kind: K, argument: P[K]['argument']): Promise<P[K]['answer']>
}

/** The side that answers: a function for each question. */
export type Answers<P extends Protocol<P>> = {
  readonly [K in keyof P]: (argument: P[K]['argument']) => Promise<P[K]['answer']>
}

/** A question on its way. */
export interface Question {
  readonly kind: string
  readonly argument: unknown
}

/** An answer on its way, or why there is none. */
export type Reply = { readonly answer: unknown } | { readonly failure: string }
