import { describe, expect, test } from 'vitest'
import {
  bool,
  BufferEncoder,
  BufferList,
  type Codec,
  EndOfBufferError,
  int32,
  mapOf,
  MalformedInputError,
  sizedBytes,
  string,
  structOf,
  tupleOf,
  uint16,
  uint32,
  uint64,
  uint8,
  utime,
  type Uuid,
  uuid,
  vectorOf,
} from '../src/index.ts'
import { goldenBytes, hex } from './golden-file.ts'
import { rechunk } from './rechunk.ts'

interface Point {
  x: number
  y: number | undefined
}

const point = structOf<Point>({
  name: 'point',
  version: 2,
  compat: 1,
  oldest: 1,
  encode: (encoder, { x, y }) => void encoder.writeUInt8(x).writeUInt8(y ?? 0),
  decode: (cursor, version) => ({ x: cursor.readUInt8(), y: version >= 2 ? cursor.readUInt8() : undefined }),
})

const decode = <T>(codec: Codec<T>, digits: string): T => codec.decode(new BufferList(hex(digits)).cursor())

describe('structOf', () => {
  test('reads older and newer versions', () => {
    expect(decode(point, '0101 01000000 05')).toEqual({ x: 5, y: undefined })
    expect(decode(point, '0201 02000000 0506')).toEqual({ x: 5, y: 6 })
    expect(decode(point, '0301 03000000 050607')).toEqual({ x: 5, y: 6 })
  })

  test('refuses versions that are too old, and those that need newer readers', () => {
    expect(() => decode(point, '0001 00000000')).toThrow('point: expected version 1 or newer, got 0')
    expect(() => decode(point, '0903 00000000')).toThrow(MalformedInputError)
  })

  test('goes into collections', () => {
    const encoder = new BufferEncoder()
    vectorOf(point).encode(encoder, [{ x: 1, y: 2 }])
    const list = encoder.toBufferList()
    expect(list.toString('hex')).toBe('01000000' + '0201020000000102')
    expect(vectorOf(point).decode(list.cursor())).toEqual([{ x: 1, y: 2 }])
  })
})

// A MonMap as Ceph wrote it: structs in maps in structs, with a uuid, times, strings and collections around them.
interface Monitor {
  name: string
  addrs: readonly (readonly [type: number, nonce: number, sockaddr: Uint8Array])[]
  rest: readonly [priority: number, weight: number, crushLocation: ReadonlyMap<string, string>]
}

const addrBody = tupleOf(uint32, uint32, sizedBytes)
const addr = structOf<readonly [number, number, Uint8Array]>({
  name: 'entity_addr_t',
  version: 1,
  compat: 1,
  encode: (encoder, value) => {
    addrBody.encode(encoder, value as [number, number, Uint8Array])
  },
  decode: (cursor) => addrBody.decode(cursor),
})
const addrs = tupleOf(uint8, vectorOf(tupleOf(uint8, addr)))
const monitorRest = tupleOf(uint16, uint16, mapOf(string, string))

const monitor = structOf<Monitor>({
  name: 'mon_info_t',
  version: 5,
  compat: 1,
  encode: (encoder, { name, addrs: all, rest }) => {
    string.encode(encoder, name)
    addrs.encode(encoder, [2, all.map((one) => [1, one])])
    monitorRest.encode(encoder, rest as [number, number, ReadonlyMap<string, string>])
  },
  decode: (cursor) => ({
    name: string.decode(cursor),
    addrs: addrs.decode(cursor)[1].map(([, one]) => one),
    rest: monitorRest.decode(cursor),
  }),
})

const featureWord = structOf<bigint>({
  name: 'mon_feature_t',
  version: 1,
  compat: 1,
  encode: (encoder, value) => {
    uint64.encode(encoder, value)
  },
  decode: (cursor) => uint64.decode(cursor),
})
const strings = vectorOf(string)
const monMapBody = tupleOf(
  uuid,
  uint32, // epoch
  utime, // last changed
  utime, // created
  featureWord, // persistent
  featureWord, // optional
  mapOf(string, monitor),
  strings, // ranks
  uint8, // oldest release
  vectorOf(int32), // removed ranks
  uint8, // election strategy
  strings, // disallowed leaders
  bool, // stretch mode
  string, // tie breaker
  strings, // marked down
)
type MonMapBody = ReturnType<typeof monMapBody.decode>
const monMap = structOf<MonMapBody>({
  name: 'MonMap',
  version: 9,
  compat: 6,
  encode: (encoder, value) => {
    monMapBody.encode(encoder, value)
  },
  decode: (cursor) => monMapBody.decode(cursor),
})

describe('a MonMap that Ceph wrote', () => {
  const bytes = goldenBytes('monmap-pacific.hex')

  test('is read as Ceph prints it, however it is cut', () => {
    for (const cuts of [[1000], [1], [3, 7]]) {
      const cursor = rechunk(bytes, cuts).cursor()
      const [fsid, epoch, changed, created, , , monitors, ranks, , , strategy] = monMap.decode(cursor)
      expect(cursor.isAtEnd).toBe(true)
      expect(String(fsid)).toBe('9a6bfa0c-2f6b-4d1e-8a57-6a1b0c9d8e7f')
      expect(epoch).toBe(0)
      expect(created.seconds).toBe(Date.parse('2026-11-22T06:54:56Z') / 1000)
      expect(Math.floor(created.nanoseconds / 1000)).toBe(198357)
      expect(changed).toEqual(created)
      expect([...monitors.keys()]).toEqual(['a', 'b'])
      expect(
        monitors.get('b')?.addrs.map(([type, nonce, sockaddr]) => [type, nonce, Buffer.from(sockaddr).toString('hex')]),
      ).toEqual([
        [2, 0, '02000ce47f0000020000000000000000'],
        [1, 0, '02001a857f0000020000000000000000'],
      ])
      expect(ranks).toEqual(['a', 'b'])
      expect(strategy).toBe(1)
    }
  })

  test('is written byte for byte the same', () => {
    const encoder = new BufferEncoder()
    monMap.encode(encoder, monMap.decode(new BufferList(bytes).cursor()))
    expect(encoder.toBufferList().toString('hex')).toBe(Buffer.from(bytes).toString('hex'))
  })

  test('gives an old reader what it knows', () => {
    const fsidOnly = structOf<Uuid>({
      name: 'MonMap',
      version: 6,
      compat: 6,
      encode: (encoder, value) => {
        uuid.encode(encoder, value)
      },
      decode: (cursor) => uuid.decode(cursor),
    })
    const cursor = new BufferList(bytes).append('next').cursor()
    expect(String(fsidOnly.decode(cursor))).toBe('9a6bfa0c-2f6b-4d1e-8a57-6a1b0c9d8e7f')
    expect(cursor.remaining).toBe(4)
  })

  test('is refused, and never read wrongly without a word, when its end is missing', () => {
    for (let length = 0; length < bytes.length; length++) {
      const decode = (): unknown => monMap.decode(new BufferList(bytes.slice(0, length)).cursor())
      expect(decode).toThrow(length < 6 ? EndOfBufferError : MalformedInputError)
    }
  })
})
