import { once } from 'node:events'
import { connect, createServer } from 'node:tls'
import type { EchoSubject } from './echo-subject.ts'
import { framedSubject } from './framed-subject.ts'

/** The cipher that version 2 of the protocol has in mode secure, with a key known to both ends instead of certificates. */
const TERMS = { ciphers: 'PSK-AES128-GCM-SHA256', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const
const IDENTITY = 'bench'
const KEY = Buffer.alloc(32, 7)

/** What `node-net` does, encrypted and authenticated by `node:tls`, with AES-128-GCM. */
export const nodeTlsSubject: EchoSubject = framedSubject('node-tls', {
  listen: (onSocket) =>
    createServer({ ...TERMS, noDelay: true, pskCallback: () => KEY }, (socket) => {
      socket.setNoDelay(true)
      onSocket(socket)
    }),
  connect: async (port, host) => {
    const socket = connect({
      ...TERMS,
      host,
      port,
      pskCallback: () => ({ psk: KEY, identity: IDENTITY }),
      checkServerIdentity: () => undefined,
    })
    await once(socket, 'secureConnect')
    socket.setNoDelay(true)
    return socket
  },
})
