/** What a command is called with: what the command line client made of its words, and the bytes of `-i`. */
export interface CommandCall {
  readonly args: Readonly<Record<string, unknown>>
  readonly input: Uint8Array
}

/** What came of it. */
export interface CommandOutcome {
  /** 0, or a negated Linux errno. */
  readonly result: number
  /** For the client's stderr. */
  readonly status: string
  readonly output: string
}

/** A command that a small monitor knows. */
export interface SmallMonCommand {
  /** `'osd lspools'` */
  readonly prefix: string
  readonly help: string
  /** Parameters, as Ceph describes them: `{ name: 'key', type: 'CephString' }`. */
  readonly parameters?: readonly Readonly<Record<string, unknown>>[]
  readonly run: (call: CommandCall) => Partial<CommandOutcome>
}

/**
 * What the command line client asks for first, to know which commands there are.
 * Ceph: src/common/cmdparse.cc, dump_cmddesc_to_json
 */
export function describeCommands(commands: Iterable<SmallMonCommand>): string {
  const descriptions = [...commands].map(({ prefix, help, parameters = [] }, index) => {
    const name = `cmd${String(index).padStart(3, '0')}`
    return [name, { sig: [...prefix.split(' '), ...parameters], help, module: 'mon', perm: 'r', flags: 0 }]
  })
  return JSON.stringify(Object.fromEntries(descriptions))
}
