import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PrincipalName } from '@msgr/auth'
import { Uuid } from '@msgr/bufferlist'
import { EntityAddr } from '@msgr/message'
import { CephCluster } from './ceph-cluster.ts'
import { identifyOsd } from './osd-identity.ts'
import { OsdInCluster } from './osd-in-cluster.ts'
import { OsdWitness } from './osd-witness.ts'

// A real OSD to be pinged, for the bench of heartbeats:
//
//     pnpm --filter @msgr-tooling/interop heartbeat-target
//
// Boots a monitor and an OSD of real Ceph, joins them as another OSD, since the real one answers only those in its map,
// and prints a line of JSON: the `HeartbeatTarget`. For each line on stdin, a size in bytes, it makes the real OSD pad
// its answers to that, and prints the epoch of the newest map. It ends with stdin.

/** Whom to ping, and as whom. */
interface HeartbeatTarget {
  /** Process of the real OSD. */
  readonly pid: number
  /** Where it is pinged. */
  readonly address: string
  readonly fsid: string
  /** The OSD that is ours, and since when it has been up. */
  readonly osd: number
  readonly upFrom: number
}

const TIMES = { heartbeatIntervalMs: 1000, heartbeatGraceMs: 20_000, beaconIntervalMs: 5000 }

async function joinCluster(cluster: CephCluster, witness: OsdWitness): Promise<OsdInCluster> {
  const uuid = randomUUID()
  const id = await cluster.registerOsd(uuid)
  const options = {
    ...{ id, uuid: Uuid.parse(uuid), fsid: Uuid.parse(cluster.fsid) },
    ...{ monAddr: EntityAddr.parse(cluster.monAddr), listen: EntityAddr.parse('v1:127.0.0.1:0/0') },
    identity: identifyOsd(PrincipalName.parse(`osd.${id}`), undefined, (error) => {
      witness.refused(error)
    }),
    messenger: { type: 'simple', driver: 'epoll', wire: 'v1', auth: { method: 'none' } },
    settings: { bindPortMin: 7500, bindPortMax: 7599 },
  } as const
  const osd = new OsdInCluster({ ...options, ...TIMES }, witness)
  await osd.start()
  await witness.until(() => osd.isUp && witness.answersBy(0) > 0)
  return osd
}

async function main(): Promise<void> {
  const cluster = await CephCluster.start({ pid_file: '$run_dir/$name.pid', osd_mon_heartbeat_interval: '2' })
  const witness = new OsdWitness()
  let osd: OsdInCluster | undefined
  try {
    osd = await joinCluster(cluster, witness)
    const target: HeartbeatTarget = {
      pid: Number(await readFile(join(cluster.dir, 'run/osd.0.pid'), 'utf8')),
      address: (await cluster.osdAddresses()).heartbeatFront,
      fsid: cluster.fsid,
      osd: osd.id,
      upFrom: witness.ups[0] ?? 0,
    }
    process.stdout.write(`${JSON.stringify(target)}\n`)
    for await (const size of createInterface({ input: process.stdin })) {
      await cluster.setOption('osd.0', 'osd_heartbeat_min_size', size)
      process.stdout.write(`${osd.map.epoch}\n`)
    }
  } finally {
    await osd?.stop()
    await cluster.stop()
  }
}

await main()
