import { readFile } from 'node:fs/promises'
import { AuthMethod } from '@msgr/auth'
import {
  connectMonClient,
  type ConnectMonClientSettings,
  type MonClient,
  type MonCommandResult,
} from '@msgr/mon-client'
import { parseSignatures } from './command-signature.ts'
import { type StatusOptions } from './command-line.ts'
import { StatusError } from './errors.ts'
import { type OutputFormat } from './format-answer.ts'
import { matchCommand, type MatchedCommand } from './match-command.ts'

/** A session with a cluster's monitors, in which one command is given, as often as wanted. */
export class StatusSession {
  readonly #client: MonClient
  readonly #options: StatusOptions
  readonly #command: MatchedCommand
  readonly #input: Uint8Array | undefined

  private constructor(
    client: MonClient,
    options: StatusOptions,
    parts: { command: MatchedCommand; input: Uint8Array | undefined },
  ) {
    this.#client = client
    this.#options = options
    this.#command = parts.command
    this.#input = parts.input
  }

  /** Connects, and finds out what the words mean to these monitors. */
  static async open(options: StatusOptions, signal: AbortSignal): Promise<StatusSession> {
    const { inFile, words, timeoutMs, mode } = options
    const input = inFile === undefined ? undefined : await readFile(inFile)
    const client = await connectMonClient({ ...settingsOf(options), signal })
    try {
      if (mode === 'secure' && client.monitorAddr?.type === 'v1') {
        const text = `--mode secure: expected a monitor with version 2, got ${client.monitorAddr.toString()}`
        throw new StatusError('ERR_CEPH_STATUS_NOT_SECURE', text)
      }
      const { text } = await client.command({ prefix: 'get_command_descriptions' }, { signal, timeoutMs })
      return new StatusSession(client, options, { command: matchCommand(words, parseSignatures(text)), input })
    } catch (error) {
      await client.close()
      throw error
    }
  }

  /** Gives the command. Throws `MonCommandError` for an answer that is an error. */
  async ask(signal: AbortSignal): Promise<MonCommandResult> {
    const { command, signature } = this.#command
    if (signature?.isForManager === true) await this.#checkManager(signature.prefix, signal)
    const { format, timeoutMs } = this.#options
    const input = this.#input
    const wait = { signal, timeoutMs, ...(input !== undefined && { input }) }
    return this.#client.command(withFormat(command, format), wait)
  }

  /** Calls when a map of the cluster has changed; not for those that there are now. */
  onChange(changed: () => void, signal: AbortSignal): void {
    for (const name of ['monmap', 'osdmap', 'mgrmap'] as const) void this.#follow(name, changed, signal)
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  async #follow(name: 'monmap' | 'osdmap' | 'mgrmap', changed: () => void, signal: AbortSignal): Promise<void> {
    const maps = this.#client.subscribe(name, { signal })
    await maps.next()
    for (let next = await maps.next(); next.done !== true; next = await maps.next()) changed()
  }

  /** Without a manager the monitors would wait for one, without end. */
  async #checkManager(prefix: string, signal: AbortSignal): Promise<void> {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(this.#options.timeoutMs)])
    const { value } = await this.#client.subscribe('mgrmap', { signal: timeout }).next()
    timeout.throwIfAborted()
    if (value?.isAvailable === true) return
    const text = `${prefix}: a manager answers this, and none is active in this cluster`
    throw new StatusError('ERR_CEPH_STATUS_NO_MANAGER', text)
  }
}

/** A command in JSON may name its format itself; the first of two would not count. */
function withFormat(command: MatchedCommand['command'], format: OutputFormat): MatchedCommand['command'] {
  if (typeof command !== 'string') return { ...command, format }
  return Object.hasOwn(JSON.parse(command) as object, 'format')
    ? command
    : command.replace('{', `{"format":"${format}",`)
}

function settingsOf(options: StatusOptions): ConnectMonClientSettings {
  const { conf, cluster, keyring, monHost, name, auth, mode, timeoutMs } = options
  return {
    ...{ name, timeoutMs },
    // Monitors are all that it talks to.
    wantedServices: 0,
    ...(conf !== undefined && { conf }),
    ...(cluster !== undefined && { cluster }),
    ...(keyring !== undefined && { key: { keyring } }),
    ...(monHost !== undefined && { monHost }),
    ...(auth !== undefined && { authMethods: [AuthMethod[auth]] }),
    ...(mode !== undefined && { messenger: { type: 'simple', monClientMode: mode } }),
  }
}
