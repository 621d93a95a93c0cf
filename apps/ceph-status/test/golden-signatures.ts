import { readFileSync } from 'node:fs'
import { parseSignatures, type CommandSignature } from '../src/command-signature.ts'

/** Some commands of Ceph 16.2.15. */
export function goldenSignatures(): readonly CommandSignature[] {
  return parseSignatures(readFileSync(new URL('golden/command-descriptions.json', import.meta.url), 'utf8'))
}
