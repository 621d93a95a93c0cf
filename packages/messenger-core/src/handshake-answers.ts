import type { Authorizer, AuthorizerVerdict, Session } from '@msgr/msgr-protocol'
import type { ConnectionHost } from './connection-host.ts'
import type { SessionConnection } from './session-connection.ts'

/**
 * Gets a session the answers its handshake waits for. They may come at once or later; one that comes when its
 * transport is gone is forgotten, so that it is not taken for the next transport's.
 */
export class HandshakeAnswers {
  readonly #host: ConnectionHost
  readonly #session: Session
  readonly #then: { readonly settled: () => void; readonly failed: (error: Error) => void }
  /** Counts transports. */
  #epoch = 0

  /** `settled` is called after an answer that came later; `failed` if there is nothing to show the peer. */
  constructor(
    host: ConnectionHost,
    session: Session,
    then: { readonly settled: () => void; readonly failed: (error: Error) => void },
  ) {
    this.#host = host
    this.#session = session
    this.#then = then
  }

  /** The transport is gone, and with it every question. */
  forget(): void {
    this.#epoch++
  }

  giveAuthorizer(peerType: number, challenge: Uint8Array | undefined): void {
    this.#ask(
      () => this.#host.authenticator.getAuthorizer(peerType, challenge),
      (authorizer) => {
        this.#session.giveAuthorizer(authorizer)
      },
      this.#then.failed,
    )
  }

  judgeAuthorizer(
    connection: SessionConnection,
    shown: { readonly peerType: number; readonly authorizer: Authorizer },
  ): void {
    const host = this.#host
    const log = (text: string): void => {
      host.logger(0, `${connection.peerAddr.toString()}: ${text}`)
    }
    const answer = (verdict: AuthorizerVerdict): void => {
      if (verdict.kind === 'accepted') host.authenticated(connection)
      if (verdict.kind === 'refused') log('refused: the peer did not prove who it is')
      this.#session.answerAuthorizer(verdict)
    }
    this.#ask(
      () => host.authenticator.verifyAuthorizer(shown.peerType, shown.authorizer),
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
    const epoch = this.#epoch
    return (act) => {
      if (this.#epoch !== epoch) return
      act()
      this.#then.settled()
    }
  }
}
