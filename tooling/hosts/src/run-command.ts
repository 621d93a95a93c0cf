import { execFile } from 'node:child_process'

/** Runs a program to its end, with `input` on its stdin, and returns what it prints. Rejects with what it complains of. */
export function runCommand(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${program} ${args.join(' ')}: ${stderr.trim() || error.message}`, { cause: error }))
    })
    // A program that gives up before it has read everything says why by itself.
    child.stdin?.on('error', () => undefined).end(input)
  })
}
