export { NetHandlerError } from './errors.ts'
export { NetHandler, type NetHandlerOptions } from './net-handler.ts'
