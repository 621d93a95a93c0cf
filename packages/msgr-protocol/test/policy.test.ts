import { Feature, FEATURES_ALL } from '@msgr/message'
import { expect, test } from 'vitest'
import { acceptsAnonymously, Policies, type PolicyName } from '../src/index.ts'

test.each<[PolicyName, ...(0 | 1)[]]>([
  // lossy, server, standby, resetCheck, registerLossyClients
  ['statefulServer', 0, 1, 1, 1, 1],
  ['statelessServer', 1, 1, 0, 0, 0],
  ['statelessRegisteredServer', 1, 1, 0, 0, 1],
  ['losslessPeer', 0, 0, 1, 0, 1],
  ['losslessPeerReuse', 0, 0, 1, 1, 1],
  ['lossyClient', 1, 0, 0, 0, 1],
  ['losslessClient', 0, 0, 0, 1, 1],
])('%s has the flags of the policy of that name in Ceph', (name, ...flags) => {
  const { lossy, server, standby, resetCheck, registerLossyClients } = Policies[name]()
  expect([lossy, server, standby, resetCheck, registerLossyClients].map(Number)).toEqual(flags)
})

test('only stateless servers accept sessions that stand for themselves', () => {
  const names = Object.keys(Policies) as PolicyName[]
  expect(names.filter((name) => acceptsAnonymously(Policies[name]()))).toEqual(['statelessServer'])
})

test('a policy supports all features and requires those it is told to', () => {
  expect(Policies.lossyClient()).toMatchObject({ featuresSupported: FEATURES_ALL, featuresRequired: 0n })
  expect(Policies.lossyClient(Feature.osdEnc).featuresRequired).toBe(Feature.osdEnc)
})
