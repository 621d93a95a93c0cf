const WATCH_PARENT_EVERY_MS = 500
/** A second signal within this time is the same Ctrl-C, on another way: npm passes on what the terminal sends as well. */
const SAME_SIGNAL_MS = 500

/** Why a command has to end. */
export interface EndReason {
  /** The signal that said so; `undefined` if none did. */
  readonly signal: NodeJS.Signals | undefined
  readonly text: string
}

/** Tells when a command that runs on and on has to end. */
export interface EndSignal {
  readonly signal: AbortSignal
  /** Resolves when it has to end. */
  readonly came: Promise<void>
  readonly reason: EndReason | undefined
  /** Calls when somebody asks for the end again, because it takes too long. */
  onImpatience(run: () => void): void
  stopListening(): void
}

/**
 * Listens for what ends a command: Ctrl-C and its kin, a reader of its output that went away, and, if `watchParent` is
 * set, the end of the process that has started it, should that be killed so suddenly that it could not pass it on.
 */
export function endSignal({ watchParent }: { readonly watchParent: boolean }): EndSignal {
  const controller = new AbortController()
  let reason: EndReason | undefined
  let firstMs = 0
  let impatient: () => void = () => undefined
  const end = (why: EndReason): void => {
    if (reason !== undefined) {
      if (performance.now() - firstMs > SAME_SIGNAL_MS) impatient()
      return
    }
    reason = why
    firstMs = performance.now()
    controller.abort(new Error(`called off: ${why.text}`))
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    end({ signal, text: signal })
  }
  const onBrokenPipe = (): void => {
    end({ signal: 'SIGPIPE', text: 'nobody reads the output' })
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  process.stdout.on('error', onBrokenPipe)
  const parent = process.ppid
  const timer = setInterval(() => {
    if (watchParent && process.ppid !== parent) end({ signal: undefined, text: 'the process that started it is gone' })
  }, WATCH_PARENT_EVERY_MS).unref()
  const came = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => {
      resolve()
    })
  })
  return {
    signal: controller.signal,
    came,
    get reason() {
      return reason
    },
    onImpatience: (run) => {
      impatient = run
    },
    stopListening: () => {
      clearInterval(timer)
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}
