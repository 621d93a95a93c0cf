import type { BufferList } from '@msgr/bufferlist'
import { MPing } from '@msgr/messenger'

/** A ping that carries these bytes. */
export function pingWith(data: BufferList): MPing {
  const ping = new MPing()
  ping.data = data
  return ping
}
