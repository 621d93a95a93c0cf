import { BufferEncoder, BufferList, vectorOf } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeEntityInst,
  encodeEntityInst,
  EntityAddr,
  entityInstCodec,
  EntityName,
  FEATURES_ALL,
  formatEntityInst,
  type EntityInst,
} from '../src/index.ts'
import { anyAddr } from './addr-arbitraries.ts'
import { readGolden } from './read-golden.ts'

function encoded(inst: EntityInst, features?: bigint): Buffer {
  const encoder = new BufferEncoder()
  encodeEntityInst(encoder, inst, features)
  return Buffer.from(encoder.toBufferList().slice())
}

describe('EntityInst', () => {
  it('is written as a name and an address', () => {
    expect(formatEntityInst({ name: EntityName.osd(3), addr: EntityAddr.parse('v1:1.2.3.4:6800/77') })).toBe(
      'osd.3 v1:1.2.3.4:6800/77',
    )
  })

  it.each([
    ['mon-inst-legacy-ipv4', 'v1:127.0.0.1:26710/0', 0x0401061042840042n],
    ['mon-inst-legacy-ipv6', 'v1:[::1]:26720/0', 0x0401061042840042n],
    ['mon-inst-addr2', 'v1:127.0.0.1:26710/0', 0x0c01061042840042n],
  ])('%s is as a real monitor encodes it', (name, addr, features) => {
    const bytes = readGolden(name)
    const inst = { name: EntityName.mon(0), addr: EntityAddr.parse(addr) }
    expect(decodeEntityInst(new BufferList(bytes).cursor())).toEqual(inst)
    expect(encoded(inst, features)).toEqual(Buffer.from(bytes))
  })

  it('is in the form that everybody reads if nothing is known of the reader', () => {
    const inst = { name: EntityName.mon(0), addr: EntityAddr.parse('v1:127.0.0.1:26710') }
    expect(encoded(inst)).toEqual(Buffer.from(readGolden('mon-inst-legacy-ipv4')))
  })

  it('can be part of a collection', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), anyAddr), { maxLength: 4 }), (pairs) => {
        const insts = pairs.map(([num, addr]) => ({ name: EntityName.client(num), addr }))
        const codec = vectorOf(entityInstCodec)
        const encoder = new BufferEncoder()
        codec.encode(encoder, insts, FEATURES_ALL)
        expect(codec.decode(encoder.toBufferList().cursor())).toEqual(insts)
      }),
    )
  })

  it('never needs fewer bytes than its codec says', () => {
    const shortest = Buffer.from(
      '010000000000000000 01 0101 0c000000 01000000 00000000 00000000'.replaceAll(' ', ''),
      'hex',
    )
    expect(decodeEntityInst(new BufferList(shortest).cursor()).name).toEqual(EntityName.mon(0))
    expect(shortest.length).toBe(entityInstCodec.minLength)
  })
})
