import { Throttle } from '@msgr/dispatcher'
import { EntityType } from '@msgr/message'
import { Policies } from '@msgr/msgr-protocol'
import { expect, test } from 'vitest'
import { PolicyTable } from '../src/policy-table.ts'

test('a type without a policy of its own has the default, which is that of a stateless server at first', () => {
  const table = new PolicyTable()
  expect(table.get(EntityType.osd)).toEqual(Policies.statelessServer())
  table.setDefault(Policies.losslessPeer())
  table.set(EntityType.client, Policies.statefulServer())
  expect(table.get(EntityType.osd)).toEqual(Policies.losslessPeer())
  expect(table.get(EntityType.client)).toEqual(Policies.statefulServer())
})

test('throttlers are those of the type, and types may share them', () => {
  const table = new PolicyTable()
  const bytes = new Throttle(10)
  for (const type of [EntityType.osd, EntityType.client]) table.setThrottlers(type, { bytes })
  expect(table.throttlers(EntityType.osd)).toBe(table.throttlers(EntityType.osd))
  expect(table.throttlers(EntityType.client).bytes).toBe(bytes)
  expect(table.throttlers(EntityType.mon)).toEqual({})
})
