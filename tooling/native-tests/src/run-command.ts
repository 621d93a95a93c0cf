import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** What a finished process left. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end, whatever that is, with `env` in addition to the environment of this process. */
export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  try {
    const output = await promisify(execFile)(command, [...args], { env: { ...process.env, ...env } })
    return { code: 0, ...output }
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout: string; stderr: string }
    return { code: typeof code === 'number' ? code : -1, stdout, stderr: `${stderr}${String(error)}` }
  }
}
