/** The byte that says what follows on the stream, or what a reply means. Ceph: src/include/msgr.h, CEPH_MSGR_TAG_* */
export const MsgrTag = {
  ready: 1,
  resetSession: 2,
  wait: 3,
  retrySession: 4,
  retryGlobal: 5,
  close: 6,
  msg: 7,
  ack: 8,
  keepalive: 9,
  badProtoVer: 10,
  badAuthorizer: 11,
  features: 12,
  seq: 13,
  keepalive2: 14,
  keepalive2Ack: 15,
  challengeAuthorizer: 16,
} as const
