export { type Connection, type SendResult } from './connection.ts'
export { decodeEntityAddr, encodeEntityAddr, entityAddrCodec } from './entity-addr-codec.ts'
export { decodeEntityAddrVec, encodeEntityAddrVec, entityAddrVecCodec } from './entity-addr-vec-codec.ts'
export { EntityAddrVec } from './entity-addr-vec.ts'
export {
  AddrFamilyNumber,
  AddrTypeNumber,
  EntityAddr,
  type AddrFamily,
  type AddrType,
  type EntityAddrFields,
} from './entity-addr.ts'
export {
  decodeEntityInst,
  encodeEntityInst,
  entityInstCodec,
  formatEntityInst,
  type EntityInst,
} from './entity-inst.ts'
export { decodeEntityName, encodeEntityName, entityNameCodec } from './entity-name-codec.ts'
export { EntityName } from './entity-name.ts'
export { EntityType, entityTypeFromName, entityTypeName } from './entity-type.ts'
export { AddressError, MessageError, type MessageErrorCode } from './errors.ts'
export { Feature, FEATURES_ALL, hasFeature } from './features.ts'
export { LEGACY_ADDR_SIZE, readLegacyAddr, writeLegacyAddr } from './legacy-addr.ts'
export { MPing } from './m-ping.ts'
export { FooterFlag, MESSAGE_FOOTER_OLD_SIZE, MESSAGE_FOOTER_SIZE, MessageFooter } from './message-footer.ts'
export { MESSAGE_HEADER_CRC_OFFSET, MESSAGE_HEADER_SIZE, MessageHeader } from './message-header.ts'
export { MessageRegistry } from './message-registry.ts'
export { Message, type MessageClass } from './message.ts'
export { Priority } from './priority.ts'
