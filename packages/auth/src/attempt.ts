/** What peers send is wrong in many ways, which all come to the same: `undefined`. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
