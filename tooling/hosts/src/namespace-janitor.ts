import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { runCommand } from './run-command.ts'

/** Namespaces of ours are named `msgr-PID-…`, after the process that made them. */
const OURS = /^msgr-(\d+)-/

// Whatever becomes of its starter, its stdin ends.
const WAIT_THEN_REMOVE = `
trap '' INT TERM HUP
cat >/dev/null
for name in "$@"; do
  for pid in $(ip netns pids "$name" 2>/dev/null); do kill -KILL "$pid"; done
  ip netns delete "$name" 2>/dev/null
done
exit 0
`

/**
 * A process of its own that removes namespaces, and whoever runs in them, once `remove` is called or this process has
 * ended, be it by a Ctrl-C or by SIGKILL.
 */
export class NamespaceJanitor {
  readonly #process: ChildProcess

  constructor(names: readonly string[]) {
    // In a session of its own, so that a Ctrl-C in the terminal does not reach it.
    this.#process = spawn('/bin/sh', ['-c', WAIT_THEN_REMOVE, 'janitor', ...names], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
  }

  async remove(): Promise<void> {
    const exited = once(this.#process, 'exit')
    this.#process.stdin?.end()
    await exited
  }
}

/** The namespaces there are of ours, with the process that made each. */
export async function ourNamespaces(): Promise<{ name: string; ownerPid: number }[]> {
  const lines = (await runCommand('ip', ['netns', 'list'])).split('\n')
  return lines.flatMap((line) => {
    const name = line.replace(/ .*$/, '')
    const ownerPid = OURS.exec(name)?.[1]
    return ownerPid === undefined ? [] : [{ name, ownerPid: Number(ownerPid) }]
  })
}

/** Removes what processes have left that are no more, nor their janitors. */
export async function removeLeftovers(): Promise<void> {
  const leftovers = (await ourNamespaces()).filter(({ ownerPid }) => !isAlive(ownerPid))
  if (leftovers.length > 0) await new NamespaceJanitor(leftovers.map(({ name }) => name)).remove()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
