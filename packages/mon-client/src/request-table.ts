import { type Timers } from '@msgr/messenger-core'

/** When to stop waiting for an answer. */
export interface WaitOptions {
  /** Its reason is what the promise rejects with. */
  readonly signal?: AbortSignal
  /** After so long the promise rejects with a `DOMException` named `'TimeoutError'`. Default: never. */
  readonly timeoutMs?: number
}

interface Request<Question, Answer> {
  readonly question: Question
  readonly resolve: (answer: Answer) => void
  readonly reject: (reason: Error) => void
}

/**
 * Questions that wait for their answers, however many sessions that takes. Ceph: src/mon/MonClient.h, mon_commands
 */
export class RequestTable<Question, Answer> {
  readonly #timers: Timers
  readonly #describe: () => string
  readonly #requests = new Map<bigint, Request<Question, Answer>>()

  /** `describe`: what is waited for, for messages. */
  constructor(timers: Timers, describe: () => string = () => 'an answer') {
    this.#timers = timers
    this.#describe = describe
  }

  /** What is to be asked in a new session, in the order in which it was asked first. */
  get questions(): readonly Question[] {
    return [...this.#requests.values()].map(({ question }) => question)
  }

  /** Waits for the answer to a question. `ask` is called unless the wait is over before it begins. */
  wait(id: bigint, question: Question, ask: () => void, options: WaitOptions): Promise<Answer> {
    const { signal, timeoutMs } = options
    return new Promise((resolve, reject) => {
      const timer =
        timeoutMs === undefined
          ? undefined
          : this.#timers.after(timeoutMs, () => {
              end()
              reject(timeoutError(timeoutMs, this.#describe()))
            })
      const abort = (): void => {
        end()
        reject(reasonOf(signal))
      }
      const end = (): void => {
        this.#requests.delete(id)
        timer?.cancel()
        signal?.removeEventListener('abort', abort)
      }
      if (signal?.aborted === true) {
        abort()
        return
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#requests.set(id, {
        question,
        resolve: (answer) => {
          end()
          resolve(answer)
        },
        reject: (reason) => {
          end()
          reject(reason)
        },
      })
      ask()
    })
  }

  /** False if nobody waits for it any more. */
  answer(id: bigint, answer: Answer): boolean {
    const request = this.#requests.get(id)
    request?.resolve(answer)
    return request !== undefined
  }

  reject(id: bigint, reason: Error): void {
    this.#requests.get(id)?.reject(reason)
  }

  rejectAll(reason: Error): void {
    for (const { reject } of [...this.#requests.values()]) reject(reason)
  }
}

/** Of the kind that `AbortSignal.timeout` gives as its reason. */
function timeoutError(timeoutMs: number, what: string): DOMException {
  return new DOMException(`expected ${what} within ${timeoutMs} ms, got none`, 'TimeoutError')
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason as Error
}
