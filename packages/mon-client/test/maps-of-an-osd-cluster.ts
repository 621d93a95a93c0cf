import { BufferList } from '@msgr/bufferlist'
import { MessageHeader } from '@msgr/message'
import { MOSDMap } from '../src/m-osd-map.ts'
import { readGolden } from './read-golden.ts'

/** The changes to the epochs 1 to 40 of a cluster of Ceph 16.2.15, of which there are also some full maps. */
export function goldenIncrementals(): ReadonlyMap<number, Uint8Array> {
  const message = new MOSDMap()
  const header = new MessageHeader()
  message.fillHeader(header)
  message.decode(header, new BufferList(readGolden('m-osd-map-incrementals')), undefined, undefined)
  return message.fields.incrementals
}
