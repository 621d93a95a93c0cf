import { native } from './native-binding.ts'

/** Takes back what was said of objects that are no more. */
const holders = new FinalizationRegistry<number>((bytes) => {
  native().adjustExternalMemory(-bytes)
})

/**
 * Tells V8 that an object keeps so many bytes of memory alive that V8 does not count, until the object is collected on
 * this thread. What is held so makes V8 collect garbage sooner. V8 counts the memory of an ArrayBuffer by itself, but not
 * that of a SharedArrayBuffer, on no thread that has it: where those are large and many, nothing else would make it
 * collect them. Each call adds to those before, for the same object too. Throws RangeError unless `bytes` is an integer
 * from 0 on; PosixUnavailableError.
 */
export function holdExternalMemory(holder: object, bytes: number): void {
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`bytes: expected a count, got ${bytes}`)
  const binding = native()
  // First, as it throws for what is no object.
  holders.register(holder, bytes)
  binding.adjustExternalMemory(bytes)
}

/**
 * How much memory outside its own heap V8 takes this thread to keep alive, with that of `holdExternalMemory`, which
 * `process.memoryUsage()` leaves out. Throws PosixUnavailableError.
 */
export function externalMemoryBytes(): number {
  return native().adjustExternalMemory(0)
}
