import { AuthProtocolError, AuthRefusedError, FrameCipherError, KeyError, KeyringError, SealError } from '@msgr/auth'
import { EndOfBufferError, MalformedInputError } from '@msgr/bufferlist'
import { AddressError, MessageError } from '@msgr/message'
import { ProtocolError } from '@msgr/msgr-protocol'

const documented = [
  EndOfBufferError,
  MalformedInputError,
  AddressError,
  MessageError,
  ProtocolError,
  AuthProtocolError,
  AuthRefusedError,
  FrameCipherError,
  KeyError,
  KeyringError,
  SealError,
]

/**
 * The code of an error that bad bytes may lead to by the packages' documentation, and whose cause, if it has one, is
 * such an error as well. Throws all others again: those are findings.
 */
export function documentedCode(error: unknown): string {
  const known = documented.find((errorClass) => error instanceof errorClass)
  if (known === undefined || !(error instanceof Error) || !('code' in error)) throw error
  return error.cause === undefined ? String(error.code) : `${String(error.code)}<${documentedCode(error.cause)}`
}

/** What came of an attempt: a value, or the code and the text of a documented error. */
export type Outcome<T> = { readonly value: T; readonly failure?: undefined } | { readonly failure: string }

/** Tries; errors that are not documented pass through. */
export function outcomeOf<T>(attempt: () => T): Outcome<T> {
  try {
    return { value: attempt() }
  } catch (error) {
    return { failure: `${documentedCode(error)}: ${error instanceof Error ? error.message : ''}` }
  }
}

/** The code at the head of a failure. */
export function failureCode(failure: string): string {
  return failure.slice(0, failure.indexOf(':'))
}
