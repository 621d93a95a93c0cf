import { describe, expect, it } from 'vitest'
import { EntityType, entityTypeFromName, entityTypeName } from '../src/index.ts'

describe('EntityType', () => {
  it('has the numbers of the wire', () => {
    expect(EntityType).toEqual({ mon: 0x01, mds: 0x02, osd: 0x04, client: 0x08, mgr: 0x10, auth: 0x20, any: 0xff })
  })

  it.each(Object.entries(EntityType))('names %s both ways', (name, type) => {
    expect(entityTypeName(type)).toBe(name)
    expect(entityTypeFromName(name)).toBe(type)
  })

  it('has a text for a number without a name', () => {
    expect(entityTypeName(3)).toBe('type-3')
  })

  it.each(['', 'OSD', 'osd.', 'type-3', 'constructor', 'toString', '__proto__'])('knows no type %j', (name) => {
    expect(entityTypeFromName(name)).toBeUndefined()
  })
})
