import type { AddrType } from '@msgr/message'
import { ProtocolError } from './errors.ts'
import type { Wire, WireOptions } from './wire.ts'
import { WireV1 } from './wire-v1/wire-v1.ts'

/** The codec for a new transport to or from an address of this type. Only `'v1'` exists so far; others throw. */
export function createWire(type: AddrType, options: WireOptions): Wire {
  if (type === 'v1') return new WireV1(options)
  throw new ProtocolError('ERR_MSGR_REFUSED', `type of an address: expected v1, the only wire there is, got ${type}`)
}
