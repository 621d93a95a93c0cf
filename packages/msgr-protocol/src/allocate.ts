/** Gives memory of so many bytes. What it holds is of no matter: whoever asks for it fills all of it, or clears it. */
export type Allocate = (length: number) => Uint8Array

/** For whoever has nothing yet: a connection that does nothing should take up little. */
export const NO_BYTES: Uint8Array = new Uint8Array(0)
export const NO_VIEW: DataView = new DataView(NO_BYTES.buffer)

/** Memory as the language gives it: zeros. */
export function allocateCleared(length: number): Uint8Array {
  return new Uint8Array(length)
}
