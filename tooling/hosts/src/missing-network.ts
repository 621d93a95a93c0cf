import { spawnSync } from 'node:child_process'

/** What this machine lacks for networks of hosts; `undefined` if it has everything. */
export function missingForNetwork(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are a matter of Linux'
  if (process.getuid?.() !== 0) return 'only root can make network namespaces'
  for (const [program, flag] of [
    ['ip', '-V'],
    ['tc', '-V'],
    ['nft', '--version'],
  ] as const) {
    if (spawnSync(program, [flag]).status !== 0) return `there is no ${program}`
  }
  const { status, stderr } = spawnSync('ip', ['netns', 'add', `msgr-${process.pid}-probe`], { encoding: 'utf8' })
  if (status !== 0) return `no network namespace can be made: ${stderr.trim()}`
  spawnSync('ip', ['netns', 'delete', `msgr-${process.pid}-probe`])
  return undefined
}
