import type { Authorizer, AuthorizerVerdict, Session, SessionEvent } from '@msgr/msgr-protocol'
import type { Authenticator, HandshakeContext } from './authenticator.ts'
import type { ConnectionHost } from './connection-host.ts'
import type { SessionConnection } from './session-connection.ts'

type EventOf<K extends SessionEvent['kind']> = Extract<SessionEvent, { kind: K }>

/**
 * Gets a session the answers its handshake waits for. They may come at once or later; one that comes when its
 * transport is gone is forgotten, so that it is not taken for the next transport's.
 */
export class HandshakeAnswers {
  readonly #host: ConnectionHost
  readonly #authenticator: Authenticator
  readonly #session: Session
  readonly #settled: () => void
  /** Stands for the transport. */
  #context: HandshakeContext

  /** `settled` is called after an answer that came later. */
  constructor(host: ConnectionHost, connection: SessionConnection, session: Session, settled: () => void) {
    this.#host = host
    this.#authenticator = host.authenticatorFor(connection)
    this.#session = session
    this.#settled = settled
    this.#context = newContext(session)
  }

  /** The transport is gone, and with it every question. */
  forget(): void {
    this.#context = newContext(this.#session)
  }

  /** Finds the answer to what the session asks, about the connection's peer. */
  answer(
    connection: SessionConnection,
    event: EventOf<'authorizerNeeded' | 'authorizerRefused' | 'authorizerAnswered' | 'authorizerReceived'>,
  ): void {
    switch (event.kind) {
      case 'authorizerNeeded':
        this.#giveAuthorizer(connection.peerType, event)
        return
      case 'authorizerRefused':
        this.#replaceAuthorizer(connection.peerType, event)
        return
      case 'authorizerAnswered':
        this.#checkAnswer(connection.peerType, event)
        return
      case 'authorizerReceived':
        this.#judgeAuthorizer(connection, event)
    }
  }

  #giveAuthorizer(peerType: number, { challenge }: EventOf<'authorizerNeeded'>): void {
    this.#ask(
      () => this.#authenticator.getAuthorizer(peerType, challenge, this.#context),
      (authorizer) => {
        this.#session.giveAuthorizer(authorizer)
      },
      this.#fail,
    )
  }

  #replaceAuthorizer(peerType: number, { refusal, error }: EventOf<'authorizerRefused'>): void {
    this.#ask(
      () => this.#authenticator.replaceAuthorizer?.(peerType, refusal, this.#context),
      (authorizer: Authorizer | undefined) => {
        if (authorizer === undefined) this.#fail(error)
        else this.#session.giveAuthorizer(authorizer)
      },
      this.#fail,
    )
  }

  #checkAnswer(peerType: number, { answer }: EventOf<'authorizerAnswered'>): void {
    this.#ask(
      () => this.#authenticator.checkAnswer?.(peerType, answer, this.#context),
      (security) => {
        this.#session.secure(security)
      },
      this.#fail,
    )
  }

  #judgeAuthorizer(connection: SessionConnection, { shown }: EventOf<'authorizerReceived'>): void {
    const host = this.#host
    const { peerType, authorizer, features, mode, isMore } = shown
    const log = (text: string): void => {
      host.logger(0, `${connection.peerAddr.toString()}: ${text}`)
    }
    const answer = (verdict: AuthorizerVerdict): void => {
      if (verdict.kind === 'accepted') {
        connection.peerIdentity = verdict.peer
        host.authenticated(connection)
      }
      if (verdict.kind === 'refused') log(`refused: the peer did not prove who it is, by method ${authorizer.protocol}`)
      this.#session.answerAuthorizer(verdict)
    }
    this.#ask(
      () => this.#authenticator.verifyAuthorizer(peerType, authorizer, { ...this.#context, features, mode, isMore }),
      answer,
      (error) => {
        log(`the authorizer could not be judged: ${error.message}`)
        answer({ kind: 'refused' })
      },
    )
  }

  /** Runs a step of the handshake now, or later if internal delays are injected. */
  whenNotHeldUp(step: () => void): void {
    const delayMs = this.#host.injector.internalDelayMs()
    if (delayMs === 0) {
      step()
      return
    }
    const settle = this.#settler()
    this.#host.timers.after(delayMs, () => {
      settle(step)
    })
  }

  readonly #fail = (error: Error): void => {
    this.#session.giveUpAttempt(error)
  }

  #ask<T>(ask: () => T | Promise<T>, use: (answer: T) => void, fail: (error: Error) => void): void {
    this.whenNotHeldUp(() => {
      const settle = this.#settler()
      const refuse = (reason: unknown): void => {
        fail(reason instanceof Error ? reason : new Error(String(reason)))
      }
      let answer: T | Promise<T>
      try {
        answer = ask()
      } catch (error) {
        refuse(error)
        return
      }
      if (!(answer instanceof Promise)) {
        use(answer)
        return
      }
      answer.then(
        (value: T) => {
          settle(() => {
            use(value)
          })
        },
        (reason: unknown) => {
          settle(() => {
            refuse(reason)
          })
        },
      )
    })
  }

  /** Runs what it is given later, unless the transport has changed since. */
  #settler(): (act: () => void) => void {
    const context = this.#context
    return (act) => {
      if (this.#context !== context) return
      act()
      this.#settled()
    }
  }
}

function newContext(session: Session): HandshakeContext {
  return { transport: {}, wire: session.facts.wire }
}
