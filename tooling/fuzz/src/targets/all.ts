import { ArgumentError } from '../errors.ts'
import type { Target } from '../target.ts'
import { acceptHandshake } from './accept-handshake.ts'
import { acceptHandshakeV2 } from './accept-handshake-v2.ts'
import { addresses } from './addresses.ts'
import { authClients } from './auth-clients.ts'
import { authCodecs } from './auth-codecs.ts'
import { authServers } from './auth-servers.ts'
import { clusterMap } from './cluster-map.ts'
import { codecs } from './codecs.ts'
import { cursor } from './cursor.ts'
import { dialHandshake } from './dial-handshake.ts'
import { dialHandshakeV2 } from './dial-handshake-v2.ts'
import { frames } from './frames.ts'
import { framesV2 } from './frames-v2.ts'
import { messages } from './messages.ts'

/** Every target that is written in TypeScript. A new one is one more entry. */
export const targets: readonly Target[] = [
  acceptHandshake,
  dialHandshake,
  acceptHandshakeV2,
  dialHandshakeV2,
  frames,
  framesV2,
  messages,
  clusterMap,
  addresses,
  codecs,
  cursor,
  authCodecs,
  authServers,
  authClients,
]

/** The target of this name. */
export function findTarget(name: string): Target {
  const target = targets.find((candidate) => candidate.name === name)
  if (target === undefined)
    throw new ArgumentError(`expected one of ${targets.map((each) => each.name).join(', ')}, got ${name}`)
  return target
}
