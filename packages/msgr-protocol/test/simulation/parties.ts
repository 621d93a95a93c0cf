import { EntityAddr } from '@msgr/message'
import type { Conversation } from '../network/conversation.ts'
import type { WireName } from './scenario.ts'

/** Where a host of a scenario is to be found: its place among the hosts is in the last byte of its IP. */
export function addrOf(
  wire: WireName,
  host: number,
  at: { readonly port: number; readonly nonce: number },
): EntityAddr {
  return new EntityAddr({ type: wire, family: 'ipv4', ip: Uint8Array.of(10, 0, 0, host + 1), ...at })
}

export function hostOfAddr(addr: EntityAddr): number {
  return addr.ip[3]! - 1
}

/** The host of one end of a conversation, and that of the other. */
export function hostOf(conversation: Conversation): number {
  return hostOfAddr(conversation.host.addr)
}

export function peerOf(conversation: Conversation): number {
  return hostOfAddr(conversation.session.facts.peerAddr)
}

/** For people: `0>2#1` is the second conversation that host 0 has had in this life, with host 2. */
export function nameOf(conversation: Conversation): string {
  return `${hostOf(conversation)}>${peerOf(conversation)}#${conversation.host.conversations.indexOf(conversation)}`
}
