import {
  MessengerError,
  type Authenticator,
  type AuthorizerVerdict,
  type MessengerHost,
  type PortableSecurity,
  type TransportSecurity,
} from '@msgr/messenger-core'
import type { Answer, FromWorker, PortableVerdict } from './control.ts'
import type { ThreadConnection } from './thread-connection.ts'

/** Asks the messenger's authenticator what a worker wants to know of it, for a connection. Never rejects. */
export async function answerQuestion(
  authenticator: Authenticator,
  connection: ThreadConnection,
  question: Extract<FromWorker, { kind: 'ask' }>,
  delivery: MessengerHost['delivery'],
): Promise<Answer> {
  try {
    // Cloned here, where what cannot be is the authenticator's error.
    return { kind: 'value', value: structuredClone(await ask(authenticator, connection, question, delivery)) }
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? error.message : String(error) }
  }
}

async function ask(
  authenticator: Authenticator,
  connection: ThreadConnection,
  { peerType, handshake, wire, asked }: Extract<FromWorker, { kind: 'ask' }>,
  delivery: MessengerHost['delivery'],
): Promise<unknown> {
  const context = connection.contextOf(handshake, wire)
  switch (asked.method) {
    case 'getAuthorizer':
      return await authenticator.getAuthorizer(peerType, asked.challenge, context)
    case 'replaceAuthorizer':
      return await authenticator.replaceAuthorizer?.(peerType, asked.refusal, context)
    case 'checkAnswer':
      return portable(await authenticator.checkAnswer?.(peerType, asked.answer, context))
    case 'verifyAuthorizer': {
      const { authorizer, features, mode, isMore } = asked
      const verdict = await authenticator.verifyAuthorizer(peerType, authorizer, { ...context, features, mode, isMore })
      if (verdict.kind === 'accepted' && !connection.isClosed) {
        connection.peerIdentity = verdict.peer
        delivery.authenticated(connection)
      }
      return portableVerdict(verdict)
    }
  }
}

function portableVerdict(verdict: AuthorizerVerdict): PortableVerdict {
  switch (verdict.kind) {
    case 'accepted':
      return {
        kind: 'accepted',
        reply: verdict.reply,
        globalId: verdict.globalId,
        security: portable(verdict.security),
      }
    case 'challenge':
      return verdict
    case 'refused':
      return { kind: 'refused', result: verdict.result, methods: verdict.methods }
  }
}

function portable(security: TransportSecurity | undefined): PortableSecurity | undefined {
  if (security === undefined) return undefined
  if (security.portable !== undefined) return security.portable
  const text = 'what the authenticator secures a transport with has no portable form, as messengers with opThreads need'
  throw new MessengerError('ERR_MSGR_AUTHENTICATOR', text)
}
