/** Memory that nobody has cleared: it holds whatever was there. Not for small things, of which many share a slab. */
export function allocateUncleared(length: number): Uint8Array {
  // All code sees one kind of array, which keeps it fast; so this must not be a Buffer.
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}
