import {
  MessengerError,
  type AcceptContext,
  type Authenticator,
  type Authorizer,
  type AuthorizerAnswer,
  type AuthorizerRefusal,
  type AuthorizerVerdict,
  type HandshakeContext,
  type PortableSecurity,
  type TransportSecurity,
} from '@msgr/messenger-core'
import type { Answer, FromWorker, PortableVerdict, Question } from './control.ts'

/** Sends a question to the messenger's thread, about the connection with a handle. */
export type SendQuestion = (handle: number, control: Extract<FromWorker, { kind: 'ask' }>) => void

/** The questions of a worker's connections that the messenger's authenticator has not answered yet. */
export class OpenQuestions {
  readonly #send: SendQuestion
  readonly #open = new Map<number, (answer: Answer) => void>()
  #lastQuestion = 0

  constructor(send: SendQuestion) {
    this.#send = send
  }

  async ask(handle: number, what: Omit<Extract<FromWorker, { kind: 'ask' }>, 'kind' | 'question'>): Promise<unknown> {
    const question = ++this.#lastQuestion
    const answer = await new Promise<Answer>((resolve) => {
      this.#open.set(question, resolve)
      this.#send(handle, { kind: 'ask', question, ...what })
    })
    if (answer.kind === 'error') throw new MessengerError('ERR_MSGR_AUTHENTICATOR', answer.message)
    return answer.value
  }

  answered(question: number, answer: Answer): void {
    const resolve = this.#open.get(question)
    this.#open.delete(question)
    resolve?.(answer)
  }
}

/** The messenger's authenticator, as one connection on a worker has it: all is asked on the messenger's thread. */
export class RemoteAuthenticator implements Authenticator {
  readonly #handle: number
  readonly #questions: OpenQuestions
  /** Counts handshakes, so that the other thread can tell them apart. */
  #handshake = 0
  #transport: object | undefined

  constructor(handle: number, questions: OpenQuestions) {
    this.#handle = handle
    this.#questions = questions
  }

  async getAuthorizer(
    peerType: number,
    challenge: Uint8Array | undefined,
    context: HandshakeContext,
  ): Promise<Authorizer> {
    return (await this.#ask(peerType, context, { method: 'getAuthorizer', challenge })) as Authorizer
  }

  async replaceAuthorizer(
    peerType: number,
    refusal: AuthorizerRefusal,
    context: HandshakeContext,
  ): Promise<Authorizer | undefined> {
    return (await this.#ask(peerType, context, { method: 'replaceAuthorizer', refusal })) as Authorizer | undefined
  }

  async checkAnswer(
    peerType: number,
    answer: AuthorizerAnswer,
    context: HandshakeContext,
  ): Promise<TransportSecurity | undefined> {
    const portable = await this.#ask(peerType, context, { method: 'checkAnswer', answer })
    return restoreSecurity(portable as PortableSecurity | undefined)
  }

  async verifyAuthorizer(peerType: number, authorizer: Authorizer, context: AcceptContext): Promise<AuthorizerVerdict> {
    const { features, mode, isMore } = context
    const asked = { method: 'verifyAuthorizer', authorizer, features, mode, isMore } as const
    const verdict = (await this.#ask(peerType, context, asked)) as PortableVerdict
    switch (verdict.kind) {
      case 'accepted': {
        const { reply, globalId = 0n, security } = verdict
        return { kind: 'accepted', reply, globalId, security: await restoreSecurity(security) }
      }
      case 'challenge':
        return verdict
      case 'refused': {
        const { result, methods } = verdict
        return { kind: 'refused', ...(result !== undefined && { result }), ...(methods !== undefined && { methods }) }
      }
    }
  }

  #ask(peerType: number, { transport, wire }: HandshakeContext, asked: Question): Promise<unknown> {
    if (transport !== this.#transport) this.#handshake++
    this.#transport = transport
    return this.#questions.ask(this.#handle, { handshake: this.#handshake, wire, peerType, asked })
  }
}

interface SecurityModule {
  readonly restoreSecurity: (data: unknown) => TransportSecurity
}

/** Makes what secures a transport from the form in which it came to this thread. */
export async function restoreSecurity(portable: PortableSecurity | undefined): Promise<TransportSecurity | undefined> {
  if (portable === undefined) return undefined
  const module = (await import(portable.module)) as SecurityModule
  return module.restoreSecurity(portable.data)
}
