import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { EchoSubject } from './echo-subject.ts'
import { framedSubject } from './framed-subject.ts'

/**
 * The baseline: frames with a length before them on `node:net`. It promises nothing but TCP: no checksums, no
 * acknowledgements, no replay. A closed loop bounds what waits to be written, so nothing is done about that.
 */
export const nodeNetSubject: EchoSubject = framedSubject('node-net', {
  listen: (onSocket) => createServer({ noDelay: true }, onSocket),
  connect: async (port, host) => {
    const socket = connect({ host, port, noDelay: true })
    await once(socket, 'connect')
    return socket
  },
})
