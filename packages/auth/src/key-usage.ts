/** What something is encrypted for. Ceph: src/auth/cephx/CephxProtocol.h, CEPHX_KEY_USAGE_* */
export const KeyUsage = {
  other: 0x00,
  /** The connection secret that a monitor gives. */
  connectionSecret: 0x03,
  /** The part of a ticket that its owner reads. */
  serviceTicket: 0x04,
  /** The part that its owner hands on, when it is sealed for a client that comes back. */
  ticketBlob: 0x05,
  authorize: 0x10,
  authorizerChallenge: 0x11,
  authorizerReply: 0x12,
  rotatingSecrets: 0x20,
  /** The part of a ticket that the service reads. */
  ticketInfo: 0x30,
} as const
