export { BufferCursor } from './buffer-cursor.ts'
export { BufferList } from './buffer-list.ts'
export { crc32c, type Crc32cFunction } from './crc32c.ts'
export { EndOfBufferError, MalformedInputError } from './errors.ts'
