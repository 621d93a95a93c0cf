import { expect, test } from 'vitest'
import { POLICY_PAIR_NAMES, policyPairs } from '../src/policy-pair.ts'

test.each(POLICY_PAIR_NAMES)('%s: the ends agree on what is kept, and one of them dials', (name) => {
  const { client, server, isLossy, isSymmetric } = policyPairs[name]
  expect([client().lossy, server().lossy]).toEqual([isLossy, isLossy])
  expect([client().server, server().server]).toEqual([false, !isSymmetric])
})
