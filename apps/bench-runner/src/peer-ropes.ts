import { loadPeer } from './peers.ts'

/** What is used of `Uint8ArrayList` in package uint8arraylist. */
export interface Uint8ArrayList {
  readonly byteLength: number
  append(bytes: Uint8Array): void
  consume(length: number): void
  slice(begin: number, end: number): Uint8Array
  subarray(begin: number, end: number): Uint8Array
  sublist(begin: number, end: number): Uint8ArrayList
  get(at: number): number
  getUint16(at: number, isLittleEndian: boolean): number
  getUint32(at: number, isLittleEndian: boolean): number
  getBigInt64(at: number, isLittleEndian: boolean): bigint
}

/** What is used of `BufferList` in package bl. */
export interface BlList {
  readonly length: number
  append(bytes: Buffer): this
  consume(length: number): this
  slice(begin: number, end: number): Buffer
  shallowSlice(begin: number, end: number): BlList
  readUInt8(at: number): number
  readUInt16LE(at: number): number
  readUInt32LE(at: number): number
  readBigUInt64LE(at: number): bigint
}

/** Makes lists of package uint8arraylist, of these chunks. */
export async function loadUint8ArrayList(): Promise<(...chunks: Uint8Array[]) => Uint8ArrayList> {
  const peer = await loadPeer<{ Uint8ArrayList: new (...chunks: Uint8Array[]) => Uint8ArrayList }>('uint8arraylist')
  return (...chunks) => new peer.Uint8ArrayList(...chunks)
}

/** Makes lists of package bl, of these chunks: of Buffers, since it makes Buffers of anything else. */
export async function loadBlList(): Promise<(...chunks: Buffer[]) => BlList> {
  const peer = await loadPeer<{ BufferList: new (chunks: Buffer[]) => BlList }>('bl')
  return (...chunks) => new peer.BufferList(chunks)
}
