import { EntityType, type EntityAddr } from '@msgr/message'
import { ConnectionMode } from '@msgr/msgr-protocol'
import type { MessengerOptions } from './messenger-options.ts'

type ModeOption = 'clusterMode' | 'serviceMode' | 'clientMode' | 'monClusterMode' | 'monServiceMode' | 'monClientMode'

/** What the options say of the modes: a list, or that it depends on where the peer is. */
const AUTOMATIC = 'auto'

/** What is wrong with the text of a mode option; `undefined` if nothing is. */
export function checkModes(text: string): string | undefined {
  const words = wordsOf(text)
  const isList = words.length > 0 && words.every(isMode)
  return text === AUTOMATIC || isList ? undefined : `"${AUTOMATIC}", or "secure" and "crc" in the order wanted`
}

/**
 * The modes to ask a peer for, the most wanted first, or to let it have; as numbers of `ConnectionMode`. By default
 * frames are encrypted where both ends can, but for peers on this host, whose frames nobody else sees.
 *
 * Ceph: src/auth/AuthRegistry.cc, get_supported_modes. Differs from Ceph: there only monitors' frames are encrypted by
 * default.
 */
export function modesFor(
  own: { readonly type: number; readonly options: Pick<MessengerOptions, ModeOption> },
  peerType: number,
  remoteAddr: EntityAddr | undefined,
): readonly number[] {
  const text = own.options[optionFor(own.type, peerType)]
  if (text !== AUTOMATIC) {
    return wordsOf(text).flatMap((word) => (isMode(word) ? ConnectionMode[word] : []))
  }
  const { crc, secure } = ConnectionMode
  return remoteAddr !== undefined && isOnThisHost(remoteAddr) ? [crc, secure] : [secure, crc]
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}

function isMode(word: string): word is keyof typeof ConnectionMode {
  return Object.hasOwn(ConnectionMode, word)
}

function optionFor(ownType: number, peerType: number): ModeOption {
  const isMonOrMgr = (type: number): boolean => type === EntityType.mon || type === EntityType.mgr
  if (isMonOrMgr(peerType)) return ownType === EntityType.client ? 'monClientMode' : 'monClusterMode'
  if (isMonOrMgr(ownType)) return 'monServiceMode'
  if (ownType === EntityType.client) return 'clientMode'
  return peerType === EntityType.osd || peerType === EntityType.mds ? 'clusterMode' : 'serviceMode'
}

function isOnThisHost({ family, host }: EntityAddr): boolean {
  return family === 'ipv4' ? host.startsWith('127.') : host === '::1' || host.startsWith('::ffff:127.')
}
