import type { ToChild } from './process-protocol.ts'

const EXIT_CODE_OF_AN_ORPHAN = 1

/** The pipe to the parent, from the child's end. */
export interface ChildLife<News> {
  tell(news: News): void
}

/**
 * Binds the life of this process to that of its parent, which must have opened a pipe to it. `stop` is called when the
 * parent asks for an end; the process exits when it has settled.
 *
 * If the parent vanishes, killed or crashed, the pipe breaks and the process exits at once. One that is stopped (SIGSTOP)
 * cannot do that, so whoever can wakes all its siblings first: they find their own pipes broken and go as well.
 *
 * A Ctrl-C in the terminal reaches every process there. It is for the parent to act upon, so it does nothing here.
 */
export function liveWithParent<News extends object>(stop: () => Promise<void>): ChildLife<News> {
  let siblings: readonly number[] = []
  const leaveOrphaned = (): void => {
    for (const pid of siblings) wake(pid)
    process.exit(EXIT_CODE_OF_AN_ORPHAN)
  }
  process.on('disconnect', leaveOrphaned)
  if (!process.connected) leaveOrphaned()
  process.on('SIGINT', ignore)
  process.on('SIGHUP', ignore)
  process.on('message', (message: ToChild) => {
    if (message.kind === 'siblings') siblings = message.pids
    else void stop().then(() => process.exit(0))
  })
  return {
    tell: (news) => {
      // An error means that the parent is gone, which `disconnect` says as well.
      process.send?.(news, undefined, undefined, ignore)
    },
  }
}

function wake(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch {
    // It is gone already.
  }
}

function ignore(): void {
  // That is all.
}
