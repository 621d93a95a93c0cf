import {
  type AuthAnswer,
  type AuthClient,
  type AuthRefusedError,
  type AuthService,
  type AuthSession,
  type Circumstances,
  type KeyServer,
  type LoginResult,
  type MonAcceptance,
} from '../src/index.ts'

/** A login that went through: what either end has of it. */
export interface Login {
  readonly client: LoginResult
  readonly server: Extract<AuthAnswer, { kind: 'accepted' }>
  readonly session: MonAcceptance
}

/** Logs in as version 2 of the protocol does. The result of a refusal is thrown as the client sees it. */
export function logIn(client: AuthClient, server: KeyServer, nowMs: number, connectionSecretLength = 64): Login {
  const login = client.login(nowMs)
  const session = server.accept()
  const { method, payload } = login.request()
  let answer = session.request(method, payload)
  if (answer.kind === 'more') {
    answer = session.requestMore(login.replyMore(answer.payload), { nowMs, connectionSecretLength })
  }
  if (answer.kind !== 'accepted') {
    const result = answer.kind === 'refused' ? answer.result : 0
    login.badMethod({ method, result, allowedMethods: server.methods })
    throw new Error('expected another method to be refused here')
  }
  const done = login.done({ globalId: session.globalId, payload: answer.payload }, nowMs)
  return { client: done, server: answer, session }
}

/** A proof to a service that went through. */
export interface Connection {
  readonly client: AuthSession
  readonly server: Extract<AuthAnswer, { kind: 'accepted' }>
  readonly rounds: number
}

/** Shows a service the client's ticket until it is satisfied; `undefined` if it refuses. */
export function connect(
  client: AuthClient,
  service: AuthService,
  serviceId: number,
  circumstances: Circumstances,
): Connection | undefined {
  const authorizer = client.authorizer(serviceId, circumstances.nowMs)
  if (authorizer === undefined) throw new Error('expected the client to have a ticket')
  const acceptance = service.accept()
  let rounds = 1
  let answer = acceptance.receive(authorizer.method, authorizer.payload, circumstances)
  for (; answer.kind === 'more' && rounds < 5; rounds++) {
    answer = acceptance.receive(authorizer.method, authorizer.challenged(answer.payload), circumstances)
  }
  return answer.kind === 'accepted' ? { client: authorizer.finish(answer.payload), server: answer, rounds } : undefined
}

/** The error that something is refused with. */
export function refusalOf(act: () => unknown): AuthRefusedError {
  try {
    act()
  } catch (error) {
    return error as AuthRefusedError
  }
  throw new Error('expected a refusal')
}
