/** How the frames after authentication are protected. u32 on the wire. Ceph: src/include/msgr.h, CEPH_CON_MODE_* */
export const ConnectionMode = {
  crc: 1,
  secure: 2,
} as const
