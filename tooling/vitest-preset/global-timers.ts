const NAMES = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'queueMicrotask',
  'performance',
  'Date',
] as const

/**
 * Remembers the timers and clocks that are global now. What it returns puts them back, and gives the names of those that
 * had been replaced.
 */
export function rememberTimers(): () => readonly string[] {
  const own = NAMES.map((name) => [name, globalThis[name]] as const)
  return () => {
    const replaced = own.filter(([name, value]) => globalThis[name] !== value)
    for (const [name, value] of replaced)
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
    return replaced.map(([name]) => name)
  }
}
