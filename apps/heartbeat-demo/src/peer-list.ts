import { readFileSync, statSync } from 'node:fs'
import { AddressError, EntityAddr } from '@msgr/message'
import { DemoError } from './errors.ts'
import type { HeartbeatAddress, PeerTarget } from './heartbeat-link.ts'

/**
 * Reads a heartbeat address: `v1:127.0.0.1:6805/4021`, `[::1]:6805`, `v2:127.0.0.1:6804/4021`. Without a nonce, whoever is
 * there is meant; version 2 of the protocol has no way to say so. Throws `DemoError` (`ERR_HEARTBEAT_PEERS`) for what is
 * none, or has no port, or lacks that nonce.
 */
export function parseHeartbeatAddress(text: string): HeartbeatAddress {
  const addr = parseAddress(text)
  if (addr.type === 'none') throw bad(`expected an address, got ${JSON.stringify(text)}`)
  if (addr.isBlankIp || addr.port === 0) throw bad(`expected an address with a port, got ${JSON.stringify(text)}`)
  const anyNonce = !text.includes('/')
  if (addr.type !== 'v2') return { addr: addr.with({ type: 'v1' }), anyNonce }
  if (anyNonce) throw bad(`expected a nonce (v2:IP:PORT/NONCE), which version 2 needs, got ${JSON.stringify(text)}`)
  return { addr, anyNonce }
}

/** An address as it was given: without a nonce if whoever is there is meant. */
export function formatHeartbeatAddress({ addr, anyNonce }: HeartbeatAddress): string {
  return anyNonce ? addr.toString().replace(/\/\d+$/, '') : addr.toString()
}

/**
 * Reads peers: `FRONT+BACK` for one with two addresses, `ADDR` for one with a single address, with commas, spaces or
 * line ends in between. `osd.3=` in front of a peer says who must be there; `#` begins a comment. Throws `DemoError`.
 */
export function parsePeers(text: string): readonly PeerTarget[] {
  const entries = text
    .replace(/#.*$/gm, '')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
  const targets = entries.map(parsePeer)
  const seen = new Set<string>()
  for (const { key } of targets) {
    if (seen.has(key)) throw bad(`${key} is listed twice`)
    seen.add(key)
  }
  return targets
}

/** Reads the file of that name, if there is one, or else the text itself. */
export function readPeers(fileOrList: string): readonly PeerTarget[] {
  const isFile = statSync(fileOrList, { throwIfNoEntry: false })?.isFile() === true
  return parsePeers(isFile ? readFileSync(fileOrList, 'utf8') : fileOrList)
}

function parsePeer(entry: string): PeerTarget {
  const match = /^(?:osd\.(\d+)=)?([^+]+)(?:\+([^+]+))?$/.exec(entry)
  const [, id, first, second] = match ?? []
  if (first === undefined) throw bad(`expected [osd.N=]ADDR[+ADDR], got ${JSON.stringify(entry)}`)
  const back = parseHeartbeatAddress(second ?? first)
  const front = second === undefined ? undefined : parseHeartbeatAddress(first)
  return { key: entry, id: id === undefined ? undefined : Number(id), upFrom: 0, back, front }
}

function parseAddress(text: string): EntityAddr {
  try {
    return EntityAddr.parse(text, 'v1')
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    throw bad(
      `expected a file, or an address such as v1:127.0.0.1:6805/4021 or [::1]:6805, got ${JSON.stringify(text)}`,
    )
  }
}

function bad(text: string): DemoError {
  return new DemoError('ERR_HEARTBEAT_PEERS', `peer: ${text}`)
}
