import { describe, expect, test } from 'vitest'
import type { EchoClients } from '../src/echo-subject.ts'
import { nodeNetSubject } from '../src/node-net-subject.ts'
import { nodeTlsSubject } from '../src/node-tls-subject.ts'

const unwanted = (): never => {
  throw new Error('not to be called')
}

describe.each([nodeNetSubject, nodeTlsSubject])('$name', (subject) => {
  test('a payload comes back as it went', async () => {
    const server = await subject.listen()
    const payload = Uint8Array.from({ length: 200_000 }, (_, index) => index * 7)
    const back = await new Promise<Buffer>((resolve, reject) => {
      const owner = { receive: (bytes: Uint8Array) => resolve(Buffer.from(bytes)), fail: reject }
      subject.connect(server.address, [owner]).then(({ clients }) => clients[0]?.send(payload), reject)
    })
    expect(back.equals(payload)).toBe(true)
    await server.close()
  })

  test('many connections are told apart', async () => {
    const server = await subject.listen()
    const texts = Array.from({ length: 150 }, (_, index) => `number ${index}`)
    let connections: EchoClients | undefined
    const replies = await new Promise<string[]>((resolve, reject) => {
      const got: string[] = []
      let count = 0
      const owners = texts.map((_, index) => ({
        receive: (bytes: Uint8Array): void => {
          got[index] = Buffer.from(bytes).toString()
          if (++count === texts.length) resolve(got)
        },
        fail: reject,
      }))
      subject.connect(server.address, owners).then((opened) => {
        connections = opened
        opened.clients.forEach((client, index) => client.send(Buffer.from(texts[index] ?? '')))
      }, reject)
    })
    expect(replies).toEqual(texts)
    await connections?.close()
    await server.close()
  })

  test('the owner is told when the server goes away', async () => {
    const server = await subject.listen()
    const failing = new Promise<Error>((resolve) => {
      void subject.connect(server.address, [{ receive: unwanted, fail: resolve }]).then(() => server.close())
    })
    expect(await failing).toMatchObject({ code: 'ERR_BENCH_CONNECTION' })
  })

  test('the owner hears nothing once it closes, and the server closes after it', async () => {
    const server = await subject.listen()
    const client = await subject.connect(server.address, [{ receive: unwanted, fail: unwanted }])
    await client.close()
    await server.close()
  })

  test('connecting where nobody listens is refused', async () => {
    const server = await subject.listen()
    await server.close()
    const connecting = subject.connect(server.address, [{ receive: unwanted, fail: unwanted }])
    await expect(connecting).rejects.toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }) as Error)
  })
})
