import { BroadcastChannel } from 'node:worker_threads'
import { reply } from './answer-parent.ts'
import type { Answers, Asked, Protocol, Question, Reply } from './asked.ts'
import { BenchError } from './errors.ts'

let channelCount = 0

/**
 * Asks a thread of this process that calls `answerThread` with the name of the channel. Where a module is loaded by
 * somebody else's thread, such a name is all that it can be given.
 */
export class AskedThread<P extends Protocol<P>> implements Asked<P> {
  readonly channelName: string = `msgr-bench-${++channelCount}`
  readonly #name: string
  readonly #channel = new BroadcastChannel(this.channelName)
  #waiting: { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void } | undefined
  #failure: Error | undefined

  /** `name`: for messages of errors. */
  constructor(name: string) {
    this.#name = name
    this.#channel.onmessage = (event) => {
      const message = event.data as Reply
      const waiting = this.#waiting
      this.#waiting = undefined
      if ('answer' in message) waiting?.resolve(message.answer)
      else waiting?.reject(new BenchError('ERR_BENCH_PROCESS', `${this.#name}: ${message.failure}`))
    }
  }

  ask<K extends keyof P & string>(kind: K, argument: P[K]['argument']): Promise<P[K]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.#waiting !== undefined) throw new Error(`${this.#name}: asked for ${kind} before it has answered`)
      if (this.#failure !== undefined) throw this.#failure
      this.#waiting = { resolve, reject }
      const question: Question = { kind, argument }
      this.#channel.postMessage(question)
    })
  }

  /** Nothing that is asked will be answered any more. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }

  close(): void {
    this.#channel.close()
  }
}

/** Answers what comes through the channel of that name, for as long as this thread has something else to live for. */
export function answerThread<P extends Protocol<P>>(channelName: string, answers: Answers<P>): void {
  const channel = new BroadcastChannel(channelName)
  channel.onmessage = (event) => {
    void reply(answers, event.data as Question).then((message) => {
      channel.postMessage(message)
    })
  }
  channel.unref()
}
