import { BufferList } from '@msgr/bufferlist'
import { createMessenger, EntityAddr, EntityName, EntityType, MPing, Policies, type Message } from '@msgr/messenger'
import { expect, test } from 'vitest'
import type { EchoClient } from '../src/echo-subject.ts'
import { messengerSubject } from '../src/messenger-subject.ts'

const unwanted = (): never => {
  throw new Error('not to be called')
}

test('the server answers any messenger with a new MPing that has the same data', async () => {
  const server = await messengerSubject('simple', { type: 'simple' }).listen()
  const messenger = createMessenger(EntityName.osd(7), { type: 'simple' })
  messenger.setDefaultPolicy(Policies.losslessPeer())
  const replying = new Promise<Message>((resolve) => {
    messenger.addDispatcherHead({
      msDispatch: (message) => {
        resolve(message)
        return true
      },
    })
  })
  const ping = new MPing()
  ping.data = new BufferList(Buffer.from('what travels'))
  messenger.getConnection({ type: EntityType.osd, addr: EntityAddr.parse(server.address) }).sendMessage(ping)
  const reply = await replying
  expect(reply).toBeInstanceOf(MPing)
  expect(reply.data.toString()).toBe('what travels')
  await messenger.shutdown()
  await server.close()
})

test('a connection that had to be made again is a failure, even though nothing was lost', async () => {
  const server = await messengerSubject('sound', { type: 'simple' }).listen()
  // Dice that let 201 reads and writes pass and then cut: not the handshake, which nobody would take up again.
  const injection = { injectSocketFailures: 300, injectSeed: 24, initialBackoffMs: 1 }
  const fragile = messengerSubject('fragile', { type: 'simple', ...injection })
  const failing = new Promise<Error>((resolve, reject) => {
    const owner = { receive: () => client?.send(Buffer.alloc(8)), fail: resolve }
    let client: EchoClient | undefined
    fragile.connect(server.address, [owner]).then((connected) => {
      client = connected.clients[0]
      client?.send(Buffer.alloc(8))
      void failing.then(() => connected.close())
    }, reject)
  })
  expect(await failing).toMatchObject({
    code: 'ERR_BENCH_CONNECTION',
    message: 'fragile: the connection was lost and made again',
  })
  await server.close()
})

test('the owner hears nothing once it closes', async () => {
  const subject = messengerSubject('simple', { type: 'simple' })
  const server = await subject.listen()
  const client = await subject.connect(server.address, [{ receive: unwanted, fail: unwanted }])
  await client.close()
  await server.close()
})

test('a connection that is lost while it opens is a failure to connect', async () => {
  const subject = messengerSubject('simple', { type: 'simple' })
  const server = await subject.listen()
  await server.close()
  // A lossy client gives up where a lossless one would dial again.
  const owners = [1, 2].map(() => ({ receive: unwanted, fail: unwanted }))
  await expect(subject.connect(server.address, owners)).rejects.toMatchObject({ code: 'ERR_BENCH_CONNECTION' })
})
