import { expect, test } from 'vitest'
import { CephConfError, MonClientError, MonCommandError } from '../src/errors.ts'

const NOTHING = new Uint8Array(0)

test('a command error tells the command, the errno by name and what the monitors say', () => {
  const output = new Uint8Array([1])
  const error = new MonCommandError('osd pool rm', { result: -1, status: 'pool deletion is disabled', output })
  expect(error).toMatchObject({
    name: 'MonCommandError',
    code: 'ERR_MSGR_MON_COMMAND',
    message: 'osd pool rm: EPERM: pool deletion is disabled',
    prefix: 'osd pool rm',
    result: -1,
    errno: 'EPERM',
    status: 'pool deletion is disabled',
    output,
  })
  expect(new MonCommandError('x', { result: -5, status: '', output: NOTHING }).message).toBe('x: EIO')
})

test('a conf error tells the file and the line', () => {
  expect(new CephConfError({ path: 'a.conf', line: 3 }, 'is wrong')).toMatchObject({
    name: 'CephConfError',
    code: 'ERR_MSGR_CEPH_CONF',
    message: 'a.conf:3: is wrong',
    path: 'a.conf',
    line: 3,
  })
  expect(new CephConfError({ path: 'a.conf' }, 'is missing')).toMatchObject({ message: 'a.conf: is missing', line: 0 })
})

test('errors keep their cause', () => {
  const cause = new Error('why')
  expect(new MonClientError('ERR_MSGR_MON_CLOSED', 'closed', cause)).toMatchObject({ cause, name: 'MonClientError' })
  expect(new CephConfError({ path: 'a' }, 'b', cause).cause).toBe(cause)
  expect('cause' in new MonClientError('ERR_MSGR_MON_CLOSED', 'closed')).toBe(false)
})
