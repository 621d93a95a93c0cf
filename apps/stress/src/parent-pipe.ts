/** The pipe to the process that has started this one. */
export interface ParentPipe<In, Out> {
  listen(listener: (message: In) => void): void
  tell(message: Out): void
}

/**
 * Opens the pipe. If the parent goes away, in whatever way, the pipe breaks and this process exits. A Ctrl-C in the
 * terminal reaches every process there; it is for the parent to act upon.
 */
export function openParentPipe<In, Out extends object>(): ParentPipe<In, Out> {
  const leave = (): never => process.exit(1)
  process.on('disconnect', leave)
  process.on('SIGINT', () => undefined)
  if (!process.connected) leave()
  return {
    listen: (listener) => {
      process.on('message', listener)
    },
    tell: (message) => {
      // If the parent has gone, `disconnect` says so.
      process.send?.(message, undefined, undefined, () => undefined)
    },
  }
}
