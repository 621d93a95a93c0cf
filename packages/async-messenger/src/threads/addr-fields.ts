import type { EntityAddr, EntityAddrFields } from '@msgr/message'

/** An address as plain data, of which `new EntityAddr` makes the same again. */
export function addrFields({ type, nonce, family, ip, port, flowInfo, scopeId }: EntityAddr): EntityAddrFields {
  return { type, nonce, family, ip, port, flowInfo, scopeId }
}
