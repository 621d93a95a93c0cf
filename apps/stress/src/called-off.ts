import { constants } from 'node:os'

const WATCH_STARTER_EVERY_MS = 500
const EXIT_CODE_OF_A_SIGNAL = 128

/** Tells that a run has to end before its time. */
export interface CallOff {
  /** Resolves to the exit code. */
  readonly came: Promise<number>
  stopListening(): void
}

/** Listens for Ctrl-C and its kin, and for the end of the process that has started this one. */
export function listenForCallOff(): CallOff {
  const starter = process.ppid
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let callOff: (exitCode: number) => void = () => undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    callOff(EXIT_CODE_OF_A_SIGNAL + constants.signals[signal])
  }
  const came = new Promise<number>((resolve) => {
    callOff = resolve
  })
  for (const signal of signals) process.on(signal, onSignal)
  const timer = setInterval(() => {
    if (process.ppid !== starter) callOff(1)
  }, WATCH_STARTER_EVERY_MS).unref()
  return {
    came,
    stopListening: () => {
      clearInterval(timer)
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}
