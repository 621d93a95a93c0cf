import type { Conversation } from '../network/conversation.ts'
import type { Note } from '../network/note.ts'
import type { Journal } from './journal.ts'
import { hostOf, nameOf, peerOf } from './parties.ts'

/**
 * What one end has sent in one life of its session. A life ends when the application is told, or ends it itself:
 *
 *     stream of A:   1 2 3 4 ─ remoteReset ─ 5 6 ─ closed
 *     read at B:     1 2 3                   5 6            what is missing was sent before A was told
 */
class Stream {
  readonly conversation: Conversation
  /** Streams of later lives have greater ones. */
  readonly serial: number
  readonly lines = new Map<number, Line>()
  readonly readers: Reader[] = []
  isOver = false

  constructor(conversation: Conversation, serial: number) {
    this.conversation = conversation
    this.serial = serial
  }
}

/** The messages of one stream and priority: so many were sent, so many of them were delivered to anybody. */
interface Line {
  sentCount: number
  deliveredCount: number
}

/** One end, as a receiver: where it stands in each stream that it has read from. */
class Reader {
  readonly readings = new Map<Stream, { lastSeq: number; readonly next: Map<number, number> }>()
  /** It has been told that the streams up to here are over. */
  overUpTo = -1
  newest = -1
  /** How it came to its end. */
  end: 'closed' | 'markedDown' | undefined
}

/** What the ledger knows of one end of a session. */
class Party {
  reader = new Reader()
  stream: Stream
  /** In this life it has had something to send while it was open: the peer may have got it. */
  mayHaveWritten = false
  opens = 0
  /** It began with a link that its peer had given up, which may be older than sessions that were ended since. */
  beganLate = false
  /** The connect seq under which it was open last in this life, and in version 2 the name it had then. */
  openedAs = 0
  openedUnder = 0n
  /** How often the peer had lost sessions with us when this one began, or was last reset. */
  seenLosses: number

  constructor(stream: Stream, seenLosses: number) {
    this.stream = stream
    this.seenLosses = seenLosses
  }
}

interface Entry {
  readonly stream: Stream
  readonly priority: number
  readonly dataLength: number
  /** Its place in the line of its priority. */
  readonly at: number
}

/**
 * The model: what may be delivered where, when, and in which order.
 * - A session delivers what its peer has sent in one life in the order of its numbers, without a hole; and so each
 *   priority in the order in which it was sent.
 * - It never delivers anything twice. After its own end a new session of the same process may be given once more
 *   what the peer keeps: if either does not check for resets, if one was made lossy and so replaced,
 *   or if a late first attempt of the peer has begun the new one.
 * - What is never delivered was sent before the sender was told, by `remoteReset` or `closed`, or ended it itself.
 * - Each time a session opens again in one life it does so under a greater connect seq.
 * - Nobody is told of a reset unless the peer has lost a session with it since; nor of an end unless it is lossy.
 */
export class Ledger {
  readonly #journal: Journal
  readonly #parties = new Map<Conversation, Party>()
  readonly #entries: Entry[] = []
  /** How often one host has lost a session with another. */
  readonly #losses = new Map<string, number>()
  /** Two hosts, either first, one of which has made a session with the other lossy. */
  readonly #madeLossy = new Set<string>()
  /** One host, and another that has not begun the session which the first asked to go on with. */
  readonly #unheard = new Set<string>()
  #serial = 0
  deliveredAnewCount = 0

  constructor(journal: Journal) {
    this.#journal = journal
  }

  get nextId(): number {
    return this.#entries.length
  }

  sent(by: Conversation, note: Note): void {
    const { stream } = this.#party(by)
    if (by.session.state === 'open') this.#party(by).mayHaveWritten = true
    const line = lineOf(stream, note.priority)
    this.#entries.push({ stream, priority: note.priority, dataLength: note.data.length, at: line.sentCount++ })
  }

  /** A session has been begun by its application. */
  began(at: Conversation): void {
    this.#party(at)
  }

  /** Returns how often the session has been open, this time included. `isLate`: on a link its peer has given up. */
  opened(at: Conversation, isLate: boolean): number {
    const party = this.#party(at)
    if (isLate && party.opens === 0) party.beganLate = true
    const { connectSeq, serverCookie, wire } = at.session.facts
    const isRenamed = serverCookie !== party.openedUnder
    // In version 2 an attempt that was agreed to, and not heard of, is made again under the same number.
    const least = wire === 'v2' ? party.openedAs : party.openedAs + 1
    // One that does not check for resets begins anew, as its peer does, and is not told.
    if (connectSeq < least && connectSeq !== 1 && !isRenamed) {
      this.#journal.breaks(`${nameOf(at)} opens with connect seq ${connectSeq}, after ${party.openedAs}`)
    }
    party.openedAs = connectSeq
    party.openedUnder = serverCookie
    if (party.stream.lines.size > 0) party.mayHaveWritten = true
    return ++party.opens
  }

  /** A session asks its peer to go on under a connect seq. */
  asks(by: Conversation, connectSeq: number): void {
    const { openedAs } = this.#party(by)
    if (connectSeq > 0 && connectSeq <= openedAs) {
      this.#journal.breaks(`${nameOf(by)} asks for connect seq ${connectSeq}, having been open under ${openedAs}`)
    }
  }

  received(at: Conversation, note: Note): void {
    const entry = this.#entries[note.id]
    if (entry === undefined) {
      this.#journal.breaks(`${nameOf(at)} got message ${note.id}, which nobody has sent`)
      return
    }
    const { reader, opens } = this.#party(at)
    const { stream } = entry
    this.#checkContent(at, note, entry)
    if (reader.end !== undefined) this.#journal.breaks(`${nameOf(at)} got message ${note.id} after its end`)
    if (opens === 0) this.#journal.breaks(`${nameOf(at)} got message ${note.id} before it was open`)
    if (stream.serial < reader.newest) {
      this.#journal.breaks(`${nameOf(at)} got message ${note.id} after messages of a later life of its sender`)
    }
    if (stream.serial <= reader.overUpTo) {
      this.#journal.breaks(`${nameOf(at)} got message ${note.id} of a life that was over when it was reset`)
    }
    reader.newest = Math.max(reader.newest, stream.serial)
    this.#checkOrder(at, note, entry, reader)
  }

  /**
   * The application has learned that what is under way is lost, or has ended the session itself. A reset may be caused
   * by a `ghost`: a socket of a process that is gone, whose request comes late. The numbers of its attempts tell
   * nothing about those of the process that has its place, whose session is not over.
   */
  over(at: Conversation, how: 'remoteReset' | 'closed' | 'markedDown', cause?: 'ghost'): void {
    const party = this.#parties.get(at)
    if (party === undefined) return // the application has never heard of it
    party.stream.isOver = true
    if (how !== 'remoteReset') {
      this.lost(hostOf(at), peerOf(at))
      party.reader.end = how
      if (how === 'closed' && party.opens > 0 && !at.session.facts.lossy) {
        this.#journal.breaks(`${nameOf(at)} was told of its end, but it is not lossy`)
      }
      return
    }
    const losses = this.#lossesOfPeer(at)
    const { mayHaveWritten } = party
    party.stream = this.#newStream(at)
    party.openedAs = 0
    party.mayHaveWritten = false
    if (cause === 'ghost') return
    const isUnheard = mayHaveWritten && this.#unheard.has(`${hostOf(at)} ${peerOf(at)}`)
    if (losses === party.seenLosses && !isUnheard)
      this.#journal.breaks(`${nameOf(at)} was told of a reset that nobody has caused`)
    party.seenLosses = losses
    party.reader.overUpTo = party.reader.newest
  }

  /**
   * One end takes the session for open, which the other has not heard of, and refuses. What the first has written
   * since may have got through, to a process that is gone: it is told. The other may open yet, by an older attempt that
   * was agreed to: it would be told then.
   */
  unheard(by: Conversation): void {
    this.#unheard.add(`${peerOf(by)} ${hostOf(by)}`)
    this.lost(peerOf(by), hostOf(by))
  }

  /** What opens has been asked for by a session that its peer has ended since, and so loses once more. */
  openedInVain(at: Conversation): void {
    this.lost(peerOf(at), hostOf(at))
  }

  /** A process that is gone has asked, late, for a new session: this one counts from nought again, and so may its peer. */
  takenByGhost(at: Conversation): void {
    const party = this.#party(at)
    party.reader.end = 'closed'
    party.reader = new Reader()
    party.beganLate = true
    party.openedAs = 0
  }

  /** An application wants no more of a session than it gets at once, which its peer does not know. */
  madeLossy(at: Conversation): void {
    const [host, peer] = [hostOf(at), peerOf(at)]
    this.#madeLossy.add(`${host} ${peer}`).add(`${peer} ${host}`)
  }

  /** A host loses what it has with another: it ends there, or the other has told it to begin anew. */
  lost(host: number, peer: number): void {
    const key = `${host} ${peer}`
    this.#losses.set(key, (this.#losses.get(key) ?? 0) + 1)
  }

  /** Everything has come to rest: what was sent in a life that is not over must be there. */
  finish(): void {
    for (const { stream } of this.#parties.values()) {
      if (stream.isOver) continue
      for (const [priority, { sentCount, deliveredCount }] of stream.lines) {
        if (sentCount === deliveredCount) continue
        const what = `${sentCount - deliveredCount} of ${sentCount} messages of priority ${priority}`
        this.#journal.breaks(`${nameOf(stream.conversation)} was told nothing, but ${what} never came`)
      }
    }
  }

  #checkContent(at: Conversation, note: Note, entry: Entry): void {
    const { conversation } = entry.stream
    if (hostOf(at) !== peerOf(conversation) || peerOf(at) !== hostOf(conversation)) {
      this.#journal.breaks(`message ${note.id} of ${nameOf(conversation)} came to ${nameOf(at)}`)
    }
    if (note.priority !== entry.priority || note.data.length !== entry.dataLength || !note.isIntact) {
      this.#journal.breaks(`message ${note.id} came to ${nameOf(at)} other than it was sent`)
    }
  }

  #checkOrder(at: Conversation, note: Note, entry: Entry, reader: Reader): void {
    const { stream, priority } = entry
    const line = lineOf(stream, priority)
    let reading = reader.readings.get(stream)
    if (reading === undefined) {
      this.#checkFirst(at, note, stream, reader)
      reading = { lastSeq: note.seq - 1, next: new Map() }
      reader.readings.set(stream, reading)
    }
    const expected = reading.next.get(priority)
    if (expected === undefined ? entry.at > line.deliveredCount : entry.at !== expected) {
      const wanted = expected ?? `at most ${line.deliveredCount}`
      this.#journal.breaks(
        `${nameOf(at)} got message ${note.id} out of order: number ${entry.at} of its line, expected ${wanted}`,
      )
    }
    if (note.seq !== reading.lastSeq + 1) {
      this.#journal.breaks(`${nameOf(at)} got seq ${note.seq} after ${reading.lastSeq}`)
    }
    reading.lastSeq = note.seq
    reading.next.set(priority, entry.at + 1)
    if (entry.at < line.deliveredCount) this.#deliveredAnew(at, note, stream)
    line.deliveredCount = Math.max(line.deliveredCount, entry.at + 1)
  }

  #checkFirst(at: Conversation, note: Note, stream: Stream, reader: Reader): void {
    if (stream.readers.some((other) => other.end === undefined)) {
      this.#journal.breaks(`${nameOf(at)} got message ${note.id}, but another session reads its stream`)
    }
    stream.readers.push(reader)
  }

  #deliveredAnew(at: Conversation, note: Note, stream: Stream): void {
    this.deliveredAnewCount++
    if (this.#party(at).beganLate || this.#madeLossy.has(`${hostOf(at)} ${peerOf(at)}`)) return
    const { policy, lossy } = stream.conversation.session.facts
    if (lossy || (policy.resetCheck && at.session.facts.policy.resetCheck)) {
      this.#journal.breaks(`message ${note.id} came to ${nameOf(at)}, having come to another session before`)
    }
  }

  #party(of: Conversation): Party {
    let party = this.#parties.get(of)
    if (party === undefined) {
      party = new Party(this.#newStream(of), this.#lossesOfPeer(of))
      this.#parties.set(of, party)
    }
    return party
  }

  #newStream(of: Conversation): Stream {
    return new Stream(of, this.#serial++)
  }

  #lossesOfPeer(of: Conversation): number {
    return this.#losses.get(`${peerOf(of)} ${hostOf(of)}`) ?? 0
  }
}

function lineOf(stream: Stream, priority: number): Line {
  let line = stream.lines.get(priority)
  if (line === undefined) {
    line = { sentCount: 0, deliveredCount: 0 }
    stream.lines.set(priority, line)
  }
  return line
}
