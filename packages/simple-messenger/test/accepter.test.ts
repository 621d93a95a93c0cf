import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { until } from '@msgr-tooling/vitest-preset/until'
import { EntityAddr } from '@msgr/message'
import { messengerOptionTable, type MessengerOptions } from '@msgr/messenger-core'
import { expect, test } from 'vitest'
import { Accepter } from '../src/accepter.ts'

const ANY_PORT = EntityAddr.parse('v1:127.0.0.1:0')
const OPTIONS = Object.fromEntries(
  Object.entries(messengerOptionTable).map(([key, { byDefault }]) => [key, byDefault]),
) as unknown as MessengerOptions

async function makeAccepter(addr: EntityAddr = ANY_PORT): Promise<{ accepter: Accepter; sockets: Socket[] }> {
  const sockets: Socket[] = []
  const accepter = await Accepter.listen(addr, {
    options: OPTIONS,
    logger: () => undefined,
    onSocket: (socket) => {
      sockets.push(socket)
      socket.on('error', () => undefined)
    },
  })
  return { accepter, sockets }
}

async function dial({ host, port }: EntityAddr): Promise<Socket> {
  const socket = connect(port, host)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

test('those who come before it is started are handed over when it is, and the others at once', async () => {
  const { accepter, sockets } = await makeAccepter()
  const early = await dial(accepter.addr)
  expect(sockets).toHaveLength(0)
  accepter.start()
  await until(() => sockets.length === 1)
  const late = await dial(accepter.addr)
  await until(() => sockets.length === 2)
  for (const socket of [early, late, ...sockets]) socket.destroy()
  await accepter.close()
})

test('closing it drops those who still wait, and frees the port', async () => {
  const { accepter, sockets } = await makeAccepter()
  const early = await dial(accepter.addr)
  const closed = once(early, 'close')
  early.resume()
  await accepter.close()
  await closed
  await accepter.close()
  expect(sockets).toHaveLength(0)
  const again = await makeAccepter(accepter.addr)
  expect(again.accepter.addr.port).toBe(accepter.addr.port)
  await again.accepter.close()
})

test('a port that is taken is an error that names it', async () => {
  const { accepter } = await makeAccepter()
  const taken = makeAccepter(accepter.addr)
  await expect(taken).rejects.toMatchObject({ name: 'TransportError', code: 'EADDRINUSE' })
  await expect(taken).rejects.toThrow(`listen at ${accepter.addr.toString()}`)
  await accepter.close()
})
