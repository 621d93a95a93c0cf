import { isUnavailable } from './is-unavailable.ts'
import type { Unavailable } from './turns.ts'

/** Where a server listens, or why there is none: what it is made of is not to be had on this machine. */
export type Listening = { readonly address: string } | Unavailable

/** The answer of who is to listen, with the address that `open` gives. All that fails otherwise is an error. */
export async function listening(open: () => Promise<string>): Promise<Listening> {
  try {
    return { address: await open() }
  } catch (error) {
    if (isUnavailable(error)) return { unavailable: error.message }
    throw error
  }
}
