import { expect, test } from 'vitest'
import { isAborted } from '../../src/wire-v2/late-status.ts'
import { thrownBy } from '../thrown-by.ts'

test('in 2.1 the low nibble is 14 for a complete frame, 1 for one given up, and nothing else', () => {
  for (let status = 0; status < 256; status++) {
    if ((status & 15) === 14) expect(isAborted('2.1', status)).toBe(false)
    else if ((status & 15) === 1) expect(isAborted('2.1', status)).toBe(true)
    else expect(thrownBy(() => isAborted('2.1', status))).toMatchObject({ code: 'ERR_MSGR_BAD_FRAME' })
  }
})

test('in 2.0 the lowest bit tells a frame that was given up', () => {
  for (let status = 0; status < 256; status++) expect(isAborted('2.0', status)).toBe(status % 2 === 1)
})
