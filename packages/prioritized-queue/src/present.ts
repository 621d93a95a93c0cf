/** The value, which the caller knows to be there. Throws if the caller is wrong. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('impossible state: a value that should be here is missing')
  return value
}
