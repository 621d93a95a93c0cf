import { crc32c } from '@msgr/bufferlist'
import { EntityType } from '@msgr/message'
import { expect, test } from 'vitest'
import { createWire, DEFAULT_LIMITS } from '../src/index.ts'
import { WireV1 } from '../src/wire-v1/wire-v1.ts'

const OPTIONS = { role: 'dial', ownType: EntityType.osd, ownNum: 0, crc32c, crcHeader: true, crcData: true } as const

test('an address of type v1 has the version 1 wire', () => {
  expect(createWire('v1', { ...OPTIONS, limits: DEFAULT_LIMITS })).toBeInstanceOf(WireV1)
})

test.each(['v2', 'any', 'none'] as const)('an address of type %s has no wire yet', (type) => {
  const create = (): unknown => createWire(type, { ...OPTIONS, limits: DEFAULT_LIMITS })
  expect(create).toThrow(expect.objectContaining({ name: 'ProtocolError', code: 'ERR_MSGR_REFUSED' }))
})
