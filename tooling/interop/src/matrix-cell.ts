import { PrincipalName } from '@msgr/auth'
import { EntityAddr, EntityAddrVec, EntityName, EntityType } from '@msgr/message'
import { ClusterProtocol, Policies, type Messenger, type MessengerSettings } from '@msgr/messenger'
import { monMessages } from '@msgr/mon-client'
import { MOSDPing } from '@msgr-apps/heartbeat-demo'
import type { CephCluster, ClusterAuth, IpFamily, OsdAddresses } from './ceph-cluster.ts'
import { identify, type ClusterMember } from './cluster-member.ts'
import { InsistentAsker, type Questions } from './insistent-asker.ts'
import { DialledLine } from './line.ts'
import { MCommandReply } from './m-command-reply.ts'
import { MonLine } from './mon-line.ts'
import type { OsdIdentity } from './osd-identity.ts'
import { heartbeats, mapVersions, versionCommands } from './questions.ts'

/** Whom one of ours dials. The last three expect an OSD, the first two a client. */
export const targets = ['monitor', 'public', 'heartbeat front', 'heartbeat back', 'cluster'] as const
export type Target = (typeof targets)[number]

/** How one of ours dials: the wire, and how frames are protected if it is version 2. */
export interface MatrixDialect {
  readonly dialect: string
  readonly wire: 'v1' | 'v2'
  readonly mode: 'crc' | 'secure'
}

export const dialects: readonly MatrixDialect[] = [
  { dialect: 'v1', wire: 'v1', mode: 'crc' },
  { dialect: 'v2 crc', wire: 'v2', mode: 'crc' },
  { dialect: 'v2 secure', wire: 'v2', mode: 'secure' },
]

/** A messenger, and the newest revision of version 2 that it speaks. */
export interface MatrixMessenger {
  readonly kind: string
  readonly revision: '2.0' | '2.1'
  readonly create: (name: EntityName, settings?: MessengerSettings) => Messenger
}

/** Which messenger, how it dials, and whom. */
export interface Cell extends MatrixMessenger, MatrixDialect {
  readonly target: Target
}

/** Where the cluster's OSD is, on each wire. */
export type Whereabouts = Readonly<Record<MatrixDialect['wire'], OsdAddresses>>

/** A cluster, and who we are there. */
export interface Stage {
  readonly cluster: CephCluster
  readonly auth: ClusterAuth
  readonly family: IpFamily
  /** As which OSD we are known there, besides the real one. */
  readonly osdId: number
  readonly whereabouts: Whereabouts
  readonly admin: ClusterMember
  readonly osd: ClusterMember
}

/** Big enough to be cut in two now and then, as heartbeats are by default. */
const HEARTBEAT_SIZE = 2000
const ANY_PORT = { ipv4: '127.0.0.1:0/0', ipv6: '[::1]:0/0' } as const
const ADDRESS_OF = {
  public: 'publicAddr',
  'heartbeat front': 'heartbeatFront',
  'heartbeat back': 'heartbeatBack',
  cluster: 'clusterAddr',
} as const satisfies Record<Exclude<Target, 'monitor'>, keyof OsdAddresses>

let lastNonce = 1_000_000

/** One of ours that asks one daemon. */
export class OpenCell {
  readonly asker: InsistentAsker
  readonly cell: Cell
  /** What goes wrong, as the messenger tells it. */
  readonly log: readonly string[]
  readonly nonce: number
  readonly #messenger: Messenger
  readonly #line: MonLine | DialledLine

  private constructor(
    cell: Cell,
    line: MonLine | DialledLine,
    questions: Questions,
    more: { readonly messenger: Messenger; readonly nonce: number; readonly log: readonly string[] },
  ) {
    this.cell = cell
    this.log = more.log
    this.nonce = more.nonce
    this.#messenger = more.messenger
    this.#line = line
    this.asker = new InsistentAsker(line, questions)
  }

  static async open(stage: Stage, cell: Cell, settings: MessengerSettings = {}): Promise<OpenCell> {
    const { target, wire } = cell
    const { cluster } = stage
    const log: string[] = []
    const nonce = ++lastNonce
    const identity = await identityFor(stage, target)
    const messenger = makeMessenger(stage, cell, { ...proof(identity), ...settings, nonce, ...logTo(log) })
    if (target === 'cluster') await messenger.bind(EntityAddr.parse(`${wire}:${ANY_PORT[stage.family]}`))
    if (target === 'monitor') {
      const addr = EntityAddrVec.parse(cluster.monAddrs).pickAddr(wire)
      return new OpenCell(cell, new MonLine(messenger, addr, identity), mapVersions, { messenger, nonce, log })
    }
    const line = new DialledLine(messenger, peerAt(stage.whereabouts[wire], target))
    const isHeartbeat = target !== 'public' && target !== 'cluster'
    const questions = isHeartbeat ? heartbeats(cluster.fsid, HEARTBEAT_SIZE) : versionCommands(cluster.fsid)
    return new OpenCell(cell, line, questions, { messenger, nonce, log })
  }

  /** The OSD has begun another life, so its addresses have another nonce. */
  follow(whereabouts: Whereabouts): void {
    const { target, wire } = this.cell
    if (this.#line instanceof DialledLine && target !== 'monitor') this.#line.moveTo(peerAt(whereabouts[wire], target))
  }

  async close(): Promise<void> {
    if (this.#line instanceof MonLine) this.#line.close()
    await this.#messenger.shutdown()
  }
}

export async function findOsd(cluster: CephCluster): Promise<Whereabouts> {
  return { v1: await cluster.osdAddresses('v1'), v2: await cluster.osdAddresses('v2') }
}

/** Who logs in by itself needs no tickets, and makes a login of its own. */
async function identityFor(stage: Stage, target: Target): Promise<OsdIdentity> {
  if (target === 'public') return stage.admin.identity
  if (target !== 'monitor') return stage.osd.identity
  return identify(stage.cluster, stage.auth, PrincipalName.parse('client.admin'))
}

function proof({ authenticator }: OsdIdentity): MessengerSettings {
  return authenticator === undefined ? {} : { authenticator }
}

function logTo(log: string[]): MessengerSettings {
  return {
    logger: (level, text) => {
      if (level <= 1) log.push(text)
    },
  }
}

function makeMessenger({ osdId }: Stage, { create, target, mode }: Cell, settings: MessengerSettings): Messenger {
  const isOsd = target !== 'monitor' && target !== 'public'
  const modes = { clusterMode: mode, serviceMode: mode, clientMode: mode }
  const monModes = { monClusterMode: mode, monServiceMode: mode, monClientMode: mode }
  const messages = [...monMessages, MOSDPing, MCommandReply]
  const ports = { bindPortMin: 7600, bindPortMax: 7999 }
  const name = isOsd ? EntityName.osd(osdId) : EntityName.client()
  const messenger = create(name, { ...modes, ...monModes, ...ports, messages, ...settings })
  messenger.setDefaultPolicy(target === 'cluster' ? Policies.losslessPeer() : Policies.lossyClient())
  if (isOsd) messenger.setClusterProtocol(ClusterProtocol.osd)
  return messenger
}

function peerAt(addresses: OsdAddresses, target: Exclude<Target, 'monitor'>): { type: number; addr: EntityAddr } {
  return { type: EntityType.osd, addr: EntityAddr.parse(addresses[ADDRESS_OF[target]]) }
}
