import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { EntityAddrVec } from '@msgr/message'
import { CephCluster, type ClusterAuth } from './ceph-cluster.ts'
import { RecordingProxy, type Recording } from './recording-proxy.ts'

// Makes golden files of what real clients and daemons say to each other in version 2 of the protocol:
//
//     pnpm --filter @msgr-tooling/interop capture FOLDER
//
// In each scene a cluster of one monitor and one OSD is made, with keys of its own that are thrown away with it. Then
// `rados put` is run with redirect-connect.c preloaded, so that its connections go through two proxies that record
// them. Of those to a monitor the last is kept: the one before only fetches the monitors' map.

const run = promisify(execFile)
const POOL = 'captured'
const OBJECT = 'an object that was captured\n'
const DIGITS_PER_LINE = 112

type Mode = 'crc' | 'secure'

interface Scene {
  readonly name: string
  readonly auth: ClusterAuth
  /** Towards the monitor, and towards the OSD. */
  readonly mon: Mode
  readonly osd: Mode
}

const SCENES: readonly Scene[] = [
  { name: 'cephx-secure-then-crc', auth: 'cephx', mon: 'secure', osd: 'crc' },
  { name: 'cephx-crc-then-secure', auth: 'cephx', mon: 'crc', osd: 'secure' },
  { name: 'none', auth: 'none', mon: 'crc', osd: 'crc' },
]

async function compileRedirect(dir: string): Promise<string> {
  const library = join(dir, 'redirect-connect.so')
  const flags = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror']
  await run('cc', [...flags, '-o', library, resolve('src/redirect-connect.c'), '-ldl'])
  return library
}

function portOf(addrs: string): number {
  return EntityAddrVec.parse(addrs).msgr2Addr().port
}

async function capture(
  scene: Scene,
  dir: string,
  library: string,
): Promise<{ mon: Recording; osd: Recording; key: string }> {
  const cluster = await CephCluster.start({ mon_allow_pool_size_one: 'true' }, { auth: scene.auth })
  const proxies: RecordingProxy[] = []
  try {
    await cluster.ceph('osd', 'pool', 'create', POOL, '1')
    const ports = [portOf(cluster.monAddrs), portOf((await cluster.osdAddresses('v2')).publicAddr)]
    for (const port of ports) proxies.push(await RecordingProxy.before(port))
    const object = join(dir, 'object')
    await writeFile(object, OBJECT)
    const env = {
      ...process.env,
      CEPH_CONF: join(cluster.dir, 'ceph.conf'),
      LD_PRELOAD: library,
      CAPTURE_REDIRECT: ports.map((port, i) => `${port}:${proxies[i]?.port ?? port}`).join(','),
    }
    const modes = [`--ms_mon_client_mode=${scene.mon}`, `--ms_client_mode=${scene.osd}`]
    await run('rados', [...modes, '-p', POOL, 'put', 'captured', object], { env, timeout: 60_000 })
    const [mon, osd] = proxies.map(({ recordings }) => recordings.at(-1))
    if (mon === undefined || osd === undefined) throw new Error('expected connections to the monitor and the OSD')
    const [, key] = /\[client\.admin\]\s+key = (\S+)/.exec(await readFile(cluster.keyring, 'utf8')) ?? []
    if (key === undefined) throw new Error('expected a key of client.admin in the keyring, got none')
    return { mon, osd, key }
  } finally {
    await Promise.all(proxies.map((proxy) => proxy.close()))
    await cluster.stop()
  }
}

/** Comments, the key, and the pieces: `>` is what the client said, `<` what the daemon did. */
function textOf(recording: Recording, comments: readonly string[], key: string): string {
  const lines = recording.flatMap(({ from, bytes }) => {
    const digits = bytes.toString('hex').match(new RegExp(`.{1,${DIGITS_PER_LINE}}`, 'g')) ?? []
    return digits.map((line) => `${from === 'dialler' ? '>' : '<'} ${line}`)
  })
  return [...comments.map((line) => `# ${line}`), `key ${key}`, ...lines, ''].join('\n')
}

async function main(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { stdout: version } = await run('ceph', ['--version'])
  const dir = await mkdtemp(join(tmpdir(), 'msgr-capture-'))
  try {
    const library = await compileRedirect(dir)
    for (const scene of SCENES) {
      const { mon, osd, key } = await capture(scene, dir, library)
      for (const [daemon, recording, mode] of [
        ['mon', mon, scene.mon],
        ['osd', osd, scene.osd],
      ] as const) {
        const comments = [
          `All that \`rados put\` and a real ceph-${daemon} said to each other, method ${scene.auth}, mode ${mode}: lines`,
          'with > are from the client, lines with < from the daemon, in the order in which they came by.',
          `Taken of a throw-away cluster with keys of its own by \`pnpm --filter @msgr-tooling/interop capture\`.`,
          version.trim(),
          'The key is that of client.admin there. It opens nothing else.',
        ]
        await writeFile(join(folder, `live-${daemon}-${scene.name}.txt`), textOf(recording, comments, key))
      }
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('expected a folder to write the golden files to')
await main(folder)
