import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { EchoClient, EchoClientOwner, EchoServer, EchoSubject } from './echo-subject.ts'
import { BenchError } from './errors.ts'
import { FrameSocket } from './frame-socket.ts'

const HOST = '127.0.0.1'

/**
 * The baseline: frames with a length before them on `node:net`. It promises nothing but TCP: no checksums, no
 * acknowledgements, no replay. A closed loop bounds what waits to be written, so nothing is done about that.
 */
export const nodeNetSubject: EchoSubject = {
  name: 'node-net',

  async listen(): Promise<EchoServer> {
    const sockets = new Set<Socket>()
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket)
      // An error is followed by `close`, which is all that matters here.
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
      const frames: FrameSocket = new FrameSocket(socket, (payload) => frames.send(payload))
    })
    server.listen(0, HOST)
    await once(server, 'listening')
    return {
      address: String((server.address() as AddressInfo).port),
      close: async () => {
        const closed = once(server, 'close')
        server.close()
        for (const socket of sockets) socket.destroy()
        await closed
      },
    }
  },

  async connect(address: string, owner: EchoClientOwner): Promise<EchoClient> {
    const socket = connect({ host: HOST, port: Number(address), noDelay: true })
    await once(socket, 'connect')
    let isClosing = false
    let cause: Error | undefined
    socket.on('error', (error) => {
      cause = error
    })
    socket.on('close', () => {
      if (!isClosing) owner.fail(new BenchError('ERR_BENCH_CONNECTION', 'node-net: the connection was lost', cause))
    })
    const frames = new FrameSocket(socket, (payload) => owner.receive(payload))
    return {
      send: (payload) => frames.send(payload),
      close: async () => {
        isClosing = true
        const closed = once(socket, 'close')
        socket.destroy()
        await closed
      },
    }
  },
}
