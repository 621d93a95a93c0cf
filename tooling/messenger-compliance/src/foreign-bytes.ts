// What those say who speak another protocol, or none.

export const HTTP_REQUEST: Buffer = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
export const TLS_HELLO: Buffer = Buffer.from('160301020001000001fc0303', 'hex')
export const SSH_BANNER: Buffer = Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n')
export const NOISE: Buffer = Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919) & 0xff))
