import { BufferList } from '@msgr/bufferlist'
import type { Message } from '@msgr/messenger'
import type { Sabotage } from './stress-plan.ts'

/** Which message is tampered with, counted from 1. */
const VICTIM = 50

/**
 * Does one thing wrong with one of the messages that pass, to see that the checks behind it see it.
 *
 * `'swap'` holds a message back until another of its priority has passed.
 */
export class Saboteur {
  readonly #sabotage: Sabotage
  readonly #pass: (message: Message) => void
  #count = 0
  #held: Message | undefined

  constructor(sabotage: Sabotage, pass: (message: Message) => void) {
    this.#sabotage = sabotage
    this.#pass = pass
  }

  take(message: Message): void {
    const held = this.#held
    if (++this.#count === VICTIM) {
      this.#tamper(message)
      return
    }
    this.#pass(message)
    if (held?.priority !== message.priority || held.connection !== message.connection) return
    this.#held = undefined
    this.#pass(held)
  }

  #tamper(message: Message): void {
    switch (this.#sabotage) {
      case 'lose':
        return
      case 'swap':
        this.#held = message
        return
      case 'double':
        this.#pass(message)
        break
      case 'alter':
        message.data = new BufferList(message.data.slice().map((byte) => byte ^ 1)).append('!')
    }
    this.#pass(message)
  }
}
