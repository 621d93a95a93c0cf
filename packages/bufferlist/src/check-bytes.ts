/**
 * Throws for what only looks like bytes, such as a typed array of another kind or a list of another copy of this
 * package: its bytes would be lost without a word.
 */
export function checkBytes(bytes: unknown): asserts bytes is Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`expected bytes, text or a BufferList, got ${kindOf(bytes)}`)
}

function kindOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? value.constructor.name : typeof value
}
