import type { Connection, ConnectOptions, Dispatcher, Message, Messenger, PeerAddress } from '@msgr/messenger'

/** What is asked, and how an answer is told. */
export interface Questions {
  readonly ask: (number: number) => Message
  /** The number of the question that this answers, or `'any'` if it does not say; `undefined` if it is no answer. */
  readonly answers: (message: Message) => number | 'any' | undefined
}

/**
 * Asks a peer over a lossy connection and, when it is told that the connection is over, asks again whatever has no
 * answer yet, over another one. So it gets every answer in the end, unless something is lost without a word.
 */
export class InsistentAsker implements Dispatcher {
  /** How often it was told that a connection is over. */
  resets = 0
  answered = 0
  /** Answers that nobody waited for. */
  unasked = 0
  readonly #messenger: Messenger
  readonly #peer: PeerAddress
  readonly #options: ConnectOptions
  readonly #questions: Questions
  readonly #open = new Set<number>()
  #connection: Connection | undefined
  #lastNumber = 0
  #changed: () => void = () => undefined

  constructor(messenger: Messenger, peer: PeerAddress, questions: Questions, options: ConnectOptions = {}) {
    this.#messenger = messenger
    this.#peer = peer
    this.#questions = questions
    this.#options = options
    messenger.addDispatcherHead(this)
  }

  /** Asks so many questions, some of them at once. Resolves when all of them are answered. */
  async ask(count: number, atOnce: number): Promise<void> {
    for (let left = count; left > 0;) {
      while (this.#open.size < Math.min(atOnce, left)) this.#open.add(++this.#lastNumber)
      const asked = [...this.#open]
      this.#send(asked)
      await this.until(() => this.#open.size === 0)
      left -= asked.length
    }
  }

  /** Resolves when it is so, after an answer or a reset. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        const others = this.#changed
        this.#changed = () => {
          others()
          resolve()
        }
      })
    }
  }

  msDispatch(message: Message): boolean {
    const told = this.#questions.answers(message)
    if (told === undefined) return true
    const number = told === 'any' ? [...this.#open][0] : told
    if (number !== undefined && this.#open.delete(number)) this.answered++
    else this.unasked++
    this.#tell()
    return true
  }

  msHandleReset(connection: Connection): boolean {
    if (connection !== this.#connection) return true
    this.#connection = undefined
    this.resets++
    if (this.#open.size > 0) this.#send(this.#open)
    this.#tell()
    return true
  }

  #send(numbers: Iterable<number>): void {
    const connection = (this.#connection ??= this.#messenger.getConnection(this.#peer, this.#options))
    for (const number of numbers) connection.sendMessage(this.#questions.ask(number))
  }

  #tell(): void {
    const changed = this.#changed
    this.#changed = () => undefined
    changed()
  }
}
