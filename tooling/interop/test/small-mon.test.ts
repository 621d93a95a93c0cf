import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AuthMethod, Keyring, KeyServer, PrincipalName } from '@msgr/auth'
import { Uuid } from '@msgr/bufferlist'
import { EntityAddr } from '@msgr/message'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { messengerKinds } from '../src/messenger-kinds.ts'
import { SmallMon } from '../src/small-mon.ts'
import type { SmallMonCommand } from '../src/small-mon-command.ts'

const run = promisify(execFile)
const fsid = Uuid.parse('9a6bfa0c-2f6b-4d1e-8a57-6a1b0c9d8e7f')
const admin = PrincipalName.parse('client.admin')
const EACCES = 13
const ENOENT = 2

/** How the monitor and its clients talk: the wire, by the type of the address, and the method. */
interface Dialect {
  readonly dialect: string
  readonly listen: string
  readonly method: number
  readonly isEncrypted: boolean
  /** What tells real clients so. */
  readonly flags: readonly string[]
}

const dialects: readonly Dialect[] = [
  {
    dialect: 'v1, none',
    listen: 'v1:127.0.0.1:0/0',
    method: AuthMethod.none,
    isEncrypted: false,
    flags: ['--auth_client_required', 'none'],
  },
  {
    dialect: 'v1, cephx',
    listen: 'v1:127.0.0.1:0/0',
    method: AuthMethod.cephx,
    isEncrypted: false,
    flags: ['--auth_client_required', 'cephx'],
  },
  {
    dialect: 'v2, none',
    listen: 'v2:127.0.0.1:0/0',
    method: AuthMethod.none,
    isEncrypted: false,
    flags: ['--auth_client_required', 'none'],
  },
  {
    dialect: 'v2, cephx',
    listen: 'v2:127.0.0.1:0/0',
    method: AuthMethod.cephx,
    isEncrypted: false,
    flags: ['--auth_client_required', 'cephx', '--ms_mon_client_mode', 'crc'],
  },
  {
    dialect: 'v2, cephx, encrypted',
    listen: 'v2:127.0.0.1:0/0',
    method: AuthMethod.cephx,
    isEncrypted: true,
    flags: ['--auth_client_required', 'cephx', '--ms_mon_client_mode', 'secure'],
  },
]

const cases = messengerKinds.flatMap((kind) => dialects.map((dialect) => ({ ...kind, ...dialect })))

/** What a real client did. */
interface Ending {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

interface Running {
  readonly mon: SmallMon
  readonly log: readonly string[]
  /** Runs a real client against the monitor. */
  readonly client: (program: 'ceph' | 'rados', ...args: string[]) => Promise<Ending>
}

const commands: readonly SmallMonCommand[] = [
  {
    prefix: 'status',
    help: 'show cluster status',
    run: ({ args }) => {
      const isJson = args['format'] === 'json'
      return { output: isJson ? JSON.stringify({ fsid: fsid.toString(), servedBy: 'msgr' }) : 'served by msgr' }
    },
  },
  {
    prefix: 'small echo',
    help: 'give back what is given',
    parameters: [{ name: 'word', type: 'CephString' }],
    run: ({ args, input }) => ({
      status: `said ${String(args['word'])}`,
      output: new TextDecoder().decode(input),
    }),
  },
  {
    prefix: 'small find',
    help: 'find nothing',
    run: () => ({ result: -ENOENT, status: 'there is nothing here' }),
  },
]

let dir: string
/** An OSD map with a pool of the name `rbd`. */
let osdMap: { readonly epoch: number; readonly bytes: Uint8Array }

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'msgr-small-mon-'))
  const file = join(dir, 'osdmap')
  await run('osdmaptool', ['--createsimple', '1', '--with-default-pool', file])
  osdMap = { epoch: 1, bytes: await readFile(file) }
})

afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

async function start({ create, listen, method, flags }: (typeof cases)[number]): Promise<Running> {
  const keyring = new Keyring()
  keyring.generate(admin, { mon: 'allow *' })
  const keyringFile = join(dir, 'keyring')
  await writeFile(keyringFile, keyring.format(), { mode: 0o600 })
  const log: string[] = []
  const mon = await SmallMon.start(
    create,
    EntityAddr.parse(listen),
    {
      fsid,
      keyring,
      keys: new KeyServer(keyring, { methods: [method] }),
      commands,
      osdMap,
      log: (text) => log.push(text),
    },
    { bindPortMin: 7400, bindPortMax: 7499 },
  )
  onTestFinished(() => mon.stop())
  const { type, host, port } = mon.addr
  const common = ['-m', `${type}:${host}:${port}`, '-k', keyringFile, ...flags]
  return { mon, log, client: (program, ...args) => runClient(program, [...common, ...args]) }
}

/** Later options win over earlier ones. */
async function runClient(program: string, args: readonly string[]): Promise<Ending> {
  const env = { ...process.env, CEPH_CONF: '/dev/null' }
  try {
    return { code: 0, ...(await run(program, [...args], { env, timeout: 25_000 })) }
  } catch (error) {
    const { code, stdout, stderr } = error as Ending
    if (typeof code !== 'number') throw error
    return { code, stdout, stderr }
  }
}

describe.each(cases)('a small monitor of ours serves real clients: $kind, $dialect', (given) => {
  test('the ceph command line client finds its commands and completes one', async () => {
    const { client, log } = await start(given)
    expect(await client('ceph', 'status')).toEqual({ code: 0, stdout: 'served by msgr', stderr: '' })
    const json = await client('ceph', 'status', '--format', 'json')
    expect(json.code).toBe(0)
    expect(JSON.parse(json.stdout)).toEqual({ fsid: fsid.toString(), servedBy: 'msgr' })
    expect(log).toContain('command {"prefix": "get_command_descriptions"}: 0')
    expect(log).toContain('command {"prefix": "status"}: 0')
    expect(log).toContain('client.admin: logged in as 4100')
  })

  test('a command gets its arguments and its input, and its status and its result come back', async () => {
    const { client } = await start(given)
    const input = 'x'.repeat(100_000)
    const file = join(dir, 'input')
    await writeFile(file, input)
    const { stdout, ...rest } = await client('ceph', 'small', 'echo', 'hello', '-i', file)
    expect(rest).toEqual({ code: 0, stderr: 'said hello\n' })
    expect(stdout === input).toBe(true)

    const find = await client('ceph', 'small', 'find')
    expect(find).toEqual({ code: ENOENT, stdout: '', stderr: 'Error ENOENT: there is nothing here\n' })
  })

  test('a client that needs the OSD map is given it', async () => {
    const { client } = await start(given)
    expect(await client('rados', 'lspools')).toEqual({ code: 0, stdout: 'rbd\n', stderr: '' })
  })

  test('a ping is answered with the state of the monitor', async () => {
    const { client } = await start(given)
    const { code, stdout } = await client('ceph', 'ping', 'mon.a')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ mon_status: { name: 'a' } })
  })
})

describe.each(cases.filter(({ method }) => method === AuthMethod.cephx))(
  'a small monitor of ours turns real clients away: $kind, $dialect',
  (given) => {
    test('one that does not know its key gets EACCES, and we know why', async () => {
      const { client, log } = await start(given)
      const wrong = new Keyring()
      wrong.generate(admin)
      const file = join(dir, 'wrong')
      await writeFile(file, wrong.format(), { mode: 0o600 })
      const { code, stderr } = await client('ceph', '-k', file, 'status')
      expect(code).toBe(EACCES)
      expect(stderr).toContain('[errno 13] RADOS permission denied')
      expect(log).toContain('client.admin: refused: it does not know its key')
      expect(log.filter((text) => text.includes('logged in'))).toEqual([])
    })

    test('one whose name has no key gets EACCES, and we know why', async () => {
      const { client, log } = await start(given)
      const other = new Keyring()
      other.generate(PrincipalName.parse('client.other'))
      const file = join(dir, 'other')
      await writeFile(file, other.format(), { mode: 0o600 })
      const { code } = await client('ceph', '-n', 'client.other', '-k', file, 'status')
      expect(code).toBe(EACCES)
      expect(log).toContain('client.other: refused: there is no key of that name')
    })

    // One that insists on encryption as well does not even ask.
    if (!given.isEncrypted) {
      test('one that wants no authentication is not taken', async () => {
        const { client, log } = await start(given)
        const { code } = await client('ceph', '--auth_client_required', 'none', 'status')
        expect(code).not.toBe(0)
        expect(log).toContain('client.admin: refused: it offers no method of ours')
      })
    }
  },
)
