/** What is counted, at both ends; all of it can be added up over processes. */
export interface Figures {
  /** Requests handed to a connection that took them. */
  sent: number
  /** Requests that a server got for the first time, with every byte right. */
  delivered: number
  /** Replies that a client got for the first time, with every byte right. */
  answered: number
  /** Bytes of payload in both. */
  bytes: number
  duplicated: number
  reordered: number
  corrupt: number
  /** Messages that came on a connection of another stream, or that make no sense. */
  misdirected: number
  /** Requests without a reply whose loss the application was told of, by a reset. Lossy policies only. */
  told: number
  /** Requests without a reply that were given up together with their connection. The dance only. */
  forgiven: number
  /** Messages that came although they had been given up. */
  stale: number
  /** Messages that a connection would not take, as it was closed. */
  refused: number
  /** Sockets that were cut on purpose. */
  cuts: number
  /** Connections that were open again after they had been before. */
  reconnects: number
  resets: number
  remoteResets: number
}

/** All zero. */
export function noFigures(): Figures {
  return {
    sent: 0,
    delivered: 0,
    answered: 0,
    bytes: 0,
    duplicated: 0,
    reordered: 0,
    corrupt: 0,
    misdirected: 0,
    told: 0,
    forgiven: 0,
    stale: 0,
    refused: 0,
    cuts: 0,
    reconnects: 0,
    resets: 0,
    remoteResets: 0,
  }
}

/** The sums. */
export function addFigures(all: Iterable<Readonly<Figures>>): Figures {
  const sum = noFigures()
  for (const figures of all) {
    for (const key of Object.keys(sum) as (keyof Figures)[]) sum[key] += figures[key]
  }
  return sum
}
