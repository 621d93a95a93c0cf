import type { Message } from '@msgr/messenger'
import type { Line, LineEvents } from './line.ts'

/** What is asked, and how an answer is told. */
export interface Questions {
  readonly ask: (number: number) => Message
  /**
   * The number of the question that this answers, or `'any'` if it does not say; `undefined` if it is no answer. Throws
   * for an answer that is a wrong one.
   */
  readonly answers: (message: Message) => number | 'any' | undefined
}

/**
 * Asks a peer over a line and, when a connection of it is over, asks again whatever has no answer yet, over the next.
 * So it gets every answer in the end, unless something is lost without a word.
 */
export class InsistentAsker implements LineEvents {
  /** How often it was told that a connection is over. */
  resets = 0
  answered = 0
  /** Answers that nobody waited for. */
  unasked = 0
  /** The numbers of all questions that were answered, in the order of the answers. */
  readonly answers: number[] = []
  readonly #line: Line
  readonly #questions: Questions
  readonly #open = new Set<number>()
  #lastNumber = 0
  #changed: () => void = () => undefined
  #failure: Error | undefined

  constructor(line: Line, questions: Questions) {
    this.#line = line
    this.#questions = questions
    line.report(this)
  }

  /** Asks so many questions, never more than some of them at once. Resolves when all of them are answered. */
  async ask(count: number, atOnce: number): Promise<void> {
    const last = this.#lastNumber + count
    while (this.#lastNumber < last) {
      while (this.#lastNumber < last && this.#open.size < atOnce) this.#askOne(++this.#lastNumber)
      await this.until(() => this.#open.size < atOnce)
    }
    await this.until(() => this.#open.size === 0)
  }

  /** Resolves when it is so, after an answer or a reset. Rejects when something is wrong. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#failure !== undefined) throw this.#failure
      await new Promise<void>((resolve) => {
        const others = this.#changed
        this.#changed = () => {
          others()
          resolve()
        }
      })
    }
  }

  failed(error: Error): void {
    this.#failure ??= error
    this.#tell()
  }

  opened(): void {
    for (const number of this.#open) this.#line.send(this.#questions.ask(number))
  }

  lost(): void {
    this.resets++
    this.#tell()
  }

  received(message: Message): void {
    try {
      const told = this.#questions.answers(message)
      if (told !== undefined) this.#answer(told)
    } catch (error) {
      this.failed(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #askOne(number: number): void {
    this.#open.add(number)
    this.#line.send(this.#questions.ask(number))
  }

  #answer(told: number | 'any'): void {
    const number = told === 'any' ? [...this.#open][0] : told
    if (number !== undefined && this.#open.delete(number)) {
      this.answered++
      this.answers.push(number)
    } else this.unasked++
    this.#tell()
  }

  #tell(): void {
    const changed = this.#changed
    this.#changed = () => undefined
    changed()
  }
}
