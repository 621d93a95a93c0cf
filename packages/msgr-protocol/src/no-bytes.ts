/** For whoever has nothing yet, or no more: all share these, so that a connection that does nothing takes up little. */
export const NO_BYTES: Uint8Array = new Uint8Array(0)
export const NO_VIEW: DataView = new DataView(NO_BYTES.buffer)
