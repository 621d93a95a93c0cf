/** Gives memory of so many bytes. What it holds is of no matter: whoever asks for it fills all of it, or clears it. */
export type Allocate = (length: number) => Uint8Array

/** Memory as the language gives it: zeros. */
export function allocateCleared(length: number): Uint8Array {
  return new Uint8Array(length)
}
