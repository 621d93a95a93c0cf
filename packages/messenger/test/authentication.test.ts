import { BufferList } from '@msgr/bufferlist'
import {
  AuthClient,
  type AuthPeer,
  AuthService,
  CephxAuthenticator,
  CryptoKey,
  Keyring,
  makeOwnTicket,
  PrincipalName,
  SharedSecrets,
} from '@msgr/auth'
import { describe, expect, test } from 'vitest'
import {
  createMessenger,
  EntityAddr,
  EntityName,
  EntityType,
  Message,
  type Messenger,
  MPing,
  Policies,
  type Connection,
  type MessengerSettings,
} from '../src/index.ts'

/** Carries bytes there and back. */
class Parcel extends Message {
  static readonly type = 300
  static readonly headVersion = 1
  static readonly compatVersion = 1

  constructor() {
    super(Parcel)
  }

  protected encodePayload(): void {
    this.front = new BufferList()
  }

  protected decodePayload(): void {
    // What it carries is its data.
  }
}

const ALICE = PrincipalName.parse('client.alice')
const keyring = new Keyring()
const { key } = keyring.generate(ALICE, { osd: 'allow rw' })

function clientAuth(withKey: CryptoKey = key): CephxAuthenticator {
  const client = new AuthClient(ALICE, { key: withKey })
  const nowMs = Date.now()
  const request = { name: ALICE, serviceId: EntityType.osd, globalId: 0n, nowMs, lifetimeSeconds: 600 }
  client.tickets.put(makeOwnTicket({ ...request, key: withKey }))
  return new CephxAuthenticator({ client })
}

function serverAuth(authorize: (peer: AuthPeer) => boolean = () => true): CephxAuthenticator {
  const secrets = new SharedSecrets(keyring, EntityType.osd)
  return new CephxAuthenticator({ service: new AuthService(EntityType.osd, { secrets, authorize }) })
}

interface Cast {
  readonly server: Messenger
  readonly client: Messenger
  readonly connection: Connection
  readonly received: Message[]
  /** Resolves with the next message that comes to the client, or rejects when something is logged that matches. */
  readonly answers: AsyncIterator<Message>
  readonly serverLog: string[]
  readonly clientLog: string[]
}

/** A server that sends back what it gets, and a client of it. */
async function stage(
  type: 'simple' | 'async',
  addr: string,
  settings: { server?: MessengerSettings; client?: MessengerSettings },
  act: (cast: Cast) => Promise<void>,
): Promise<void> {
  const serverLog: string[] = []
  const clientLog: string[] = []
  const received: Message[] = []
  const answered: Message[] = []
  const waiting: ((message: Message) => void)[] = []
  const shared = { type, messages: [Parcel], initialBackoffMs: 5, maxBackoffMs: 40 } as const
  const server = createMessenger(EntityName.osd(0), {
    ...shared,
    logger: (_level, text) => serverLog.push(text),
    ...settings.server,
  })
  const client = createMessenger(EntityName.client(7), {
    ...shared,
    logger: (_level, text) => clientLog.push(text),
    ...settings.client,
  })
  server.setDefaultPolicy(Policies.statefulServer())
  client.setDefaultPolicy(Policies.losslessClient())
  server.addDispatcherTail({
    msDispatch: (message) => {
      received.push(message)
      const back = new Parcel()
      back.tid = message.tid
      back.data = message.data
      message.connection?.sendMessage(back)
      return true
    },
  })
  client.addDispatcherTail({
    msDispatch: (message) => {
      const next = waiting.shift()
      if (next === undefined) answered.push(message)
      else next(message)
      return true
    },
  })
  try {
    await server.bind(EntityAddr.parse(addr))
    const connection = client.getConnection({ type: EntityType.osd, addr: server.myAddrs })
    const answers: AsyncIterator<Message> = {
      next: () =>
        new Promise((resolve) => {
          const give = (value: Message): void => {
            resolve({ value, done: false })
          }
          const held = answered.shift()
          if (held === undefined) waiting.push(give)
          else give(held)
        }),
    }
    await act({ server, client, connection, received, answers, serverLog, clientLog })
  } finally {
    await Promise.all([server.shutdown(), client.shutdown()])
  }
}

function parcel(tid: number, length: number): Parcel {
  const message = new Parcel()
  message.tid = BigInt(tid)
  message.data = new BufferList(Uint8Array.from({ length }, (_, i) => (tid + i) & 0xff))
  return message
}

const WAYS = [
  ['v1:127.0.0.1:0', 'crc'],
  ['v2:127.0.0.1:0', 'crc'],
  ['v2:127.0.0.1:0', 'secure'],
] as const
const TYPES = ['simple', 'async'] as const

describe.each(TYPES)('a %s messenger', (type) => {
  describe.each(WAYS)('on %s, in mode %s', (addr, mode) => {
    const modes = { clientMode: mode, serviceMode: mode }

    test('lets in who proves who he is, tells the application who that is, and exchanges messages of all sizes', () =>
      stage(
        type,
        addr,
        { server: { authenticator: serverAuth(), ...modes }, client: { authenticator: clientAuth(), ...modes } },
        async ({ connection, answers, received }) => {
          const lengths = [0, 1, 15, 16, 17, 47, 48, 4096, 70_000, 1_000_000]
          for (const [tid, length] of lengths.entries()) connection.sendMessage(parcel(tid, length))
          for (const [tid, length] of lengths.entries()) {
            const { value: answer } = (await answers.next()) as { value: Message }
            const expected = parcel(tid, length)
            expect([answer.tid, answer.data.length]).toEqual([expected.tid, length])
            expect(answer.data.equals(expected.data)).toBe(true)
          }
          const peer = received[0]?.connection?.peerIdentity
          expect(peer).toMatchObject({ name: ALICE, caps: { caps: 'allow rw' } })
        },
      ))

    test('goes on without a loss when its sockets are cut again and again', () =>
      stage(
        type,
        addr,
        {
          server: { authenticator: serverAuth(), injectSocketFailures: 40, ...modes },
          client: { authenticator: clientAuth(), injectSocketFailures: 40, ...modes },
        },
        async ({ connection, answers, received, clientLog, serverLog }) => {
          for (let tid = 0; tid < 600; tid++) {
            connection.sendMessage(parcel(tid, tid % 100))
            const { value: answer } = (await answers.next()) as { value: Message }
            expect(answer.tid).toBe(BigInt(tid))
          }
          expect(received.map(({ tid }) => Number(tid))).toEqual(Array.from({ length: 600 }, (_, tid) => tid))
          expect([...clientLog, ...serverLog].some((text) => text.includes('reconnecting'))).toBe(true)
        },
      ))

    test('refuses a wrong key, and says so', () =>
      stage(
        type,
        addr,
        {
          server: { authenticator: serverAuth(), ...modes },
          client: { authenticator: clientAuth(CryptoKey.generate()), ...modes },
        },
        async ({ connection, received, clientLog, serverLog }) => {
          connection.sendMessage(new MPing())
          await expect.poll(() => clientLog.join('\n')).toMatch('the peer refuses our authorizer')
          expect(serverLog.join('\n')).toMatch('refused: the peer did not prove who it is, by method 2')
          expect([connection.isConnected, received]).toEqual([false, []])
        },
      ))

    test('refuses who shows nothing, and whom the application does not want', () =>
      stage(type, addr, { server: { authenticator: serverAuth(), ...modes }, client: modes }, async (cast) => {
        cast.connection.sendMessage(new MPing())
        await expect.poll(() => cast.clientLog.join('\n')).toMatch('refuses our authorizer')
        const unwanted = serverAuth(({ name }) => name.id !== 'alice')
        const settings = {
          server: { authenticator: unwanted, ...modes },
          client: { authenticator: clientAuth(), ...modes },
        }
        await stage(type, addr, settings, async ({ connection, clientLog, received }) => {
          connection.sendMessage(new MPing())
          await expect.poll(() => clientLog.join('\n')).toMatch('refuses our authorizer')
          expect(received).toEqual([])
        })
      }))
  })

  test('does not talk in clear to a peer that insists on encryption', () =>
    stage(
      type,
      'v2:127.0.0.1:0',
      {
        server: { authenticator: serverAuth(), serviceMode: 'secure' },
        client: { authenticator: clientAuth(), clientMode: 'crc' },
      },
      async ({ connection, clientLog, received }) => {
        connection.sendMessage(new MPing())
        await expect.poll(() => clientLog.join('\n')).toMatch('with result -95: it allows methods [2] and modes [2]')
        expect(received).toEqual([])
      },
    ))
})
