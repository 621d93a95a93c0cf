import type { EchoEnds } from './echo-ends.ts'
import { asFailure, type Unavailable, type WithoutFigures } from './turns.ts'

/** How many connections, how often anew, and how long they are kept alive in the end. */
export interface IdlePlan {
  readonly connectionCount: number
  readonly roundCount: number
  readonly keepaliveCount: number
  readonly keepaliveIntervalMs: number
}

/** What one subject has found. */
export interface IdleSeries {
  readonly subject: string
  /** What each connection takes of its server's memory, a round each. */
  readonly rssBytesPerConnection: readonly number[]
  /** By how much that has grown after all keepalives, in the last round. */
  readonly growthBytesPerConnection: number
}

/** Where processes come from, and who wants to know what is being done. */
export interface IdleStage {
  open(subject: string): EchoEnds
  tell(text: string): void
  /** Resolves after so long. */
  wait(ms: number): Promise<void>
}

/** The messages that warm a server up, before memory is looked at, go over so many connections. */
const WARM_UP_CONNECTIONS = 100
const WARM_UP = { messageCount: 1000, durationMs: 5000 }
const PAYLOAD_BYTES = 64
/** How long a message on each connection may take. */
const ONCE_MS = 60_000

interface OpenSubject {
  readonly subject: string
  readonly ends: EchoEnds
  readonly rssBytes: number
}

/** What all have found. Those failed that did not get all their connections. */
export interface IdleOutcome extends WithoutFigures {
  readonly series: readonly IdleSeries[]
}

/**
 * Opens many connections to a server of each subject and looks at the server's memory before and after, each round in
 * new processes, since one that had connections before finds memory to use again. In the last round all connections are
 * kept open and alive for a while, all subjects at the same time.
 */
export async function takeIdleRounds(
  subjects: readonly string[],
  plan: IdlePlan,
  stage: IdleStage,
): Promise<IdleOutcome> {
  const unavailable = new Map<string, string>()
  const failed = new Map<string, string>()
  const perConnection = new Map<string, number[]>()
  const growths = new Map<string, number>()
  for (let round = 1; round <= plan.roundCount; round++) {
    const isLast = round === plan.roundCount
    const open: OpenSubject[] = []
    try {
      for (const subject of subjects) {
        if (unavailable.has(subject) || failed.has(subject)) continue
        stage.tell(`round ${round} of ${plan.roundCount}: ${subject}`)
        const ends = stage.open(subject)
        const found = await openAll(ends, subject, plan.connectionCount).catch(asFailure)
        if (!('after' in found)) {
          if ('unavailable' in found) unavailable.set(subject, found.unavailable)
          else failed.set(subject, found.failure)
          await ends.stop()
          continue
        }
        const values = perConnection.get(subject) ?? []
        perConnection.set(subject, [...values, (found.after - found.before) / plan.connectionCount])
        if (isLast) open.push({ subject, ends, rssBytes: found.after })
        else await ends.stop()
      }
      for (let count = 1; isLast && count <= plan.keepaliveCount; count++) {
        stage.tell(`keepalive ${count} of ${plan.keepaliveCount}`)
        await stage.wait(plan.keepaliveIntervalMs)
        for (const { ends } of open) await ends.client.ask('keepalive', null)
      }
      for (const { subject, ends, rssBytes } of open) {
        growths.set(subject, ((await ends.server.ask('rssBytes', null)) - rssBytes) / plan.connectionCount)
      }
    } finally {
      await Promise.all(open.map(({ ends }) => ends.stop()))
    }
  }
  const measured = [...perConnection].filter(([subject]) => !failed.has(subject))
  const series = measured.map(([subject, rssBytesPerConnection]) => {
    return { subject, rssBytesPerConnection, growthBytesPerConnection: growths.get(subject) ?? Number.NaN }
  })
  return { series, unavailable, failed }
}

/** The server's memory when it is warm and has no connections, and when it has all of them. */
async function openAll(
  { server, client }: EchoEnds,
  subject: string,
  connectionCount: number,
): Promise<{ readonly before: number; readonly after: number } | Unavailable> {
  const listening = await server.ask('listen', subject)
  if ('unavailable' in listening) return listening
  const shape = { subject, address: listening.address, payloadBytes: PAYLOAD_BYTES, depth: 1 }
  await client.ask('connect', { ...shape, connectionCount: WARM_UP_CONNECTIONS })
  await client.ask('run', WARM_UP)
  await client.ask('close', null)
  const before = await server.ask('rssBytes', null)
  await client.ask('connect', { ...shape, connectionCount })
  // A message on each shows that it is there.
  await client.ask('run', { durationMs: ONCE_MS, messageCount: connectionCount })
  return { before, after: await server.ask('rssBytes', null) }
}
