import { describe, expect, test } from 'vitest'
import {
  AuthProtocolError,
  AuthRefusedError,
  FrameCipherError,
  KeyError,
  KeyringError,
  SealError,
} from '../src/index.ts'

describe('errors', () => {
  test.each([
    [new SealError(), 'SealError', 'ERR_MSGR_SEAL'],
    [new KeyError('text'), 'KeyError', 'ERR_MSGR_KEY'],
    [new KeyringError({ path: 'p' }, 'text'), 'KeyringError', 'ERR_MSGR_KEYRING'],
    [new AuthProtocolError('text'), 'AuthProtocolError', 'ERR_MSGR_AUTH_PROTOCOL'],
    [new AuthRefusedError(-13, 'text'), 'AuthRefusedError', 'ERR_MSGR_AUTH_REFUSED'],
    [new FrameCipherError('ERR_MSGR_FRAME_TAG', 'text'), 'FrameCipherError', 'ERR_MSGR_FRAME_TAG'],
  ])('%s has its name and code', (error, name, code) => {
    expect(error).toMatchObject({ name, code })
    expect(error).toBeInstanceOf(Error)
  })

  test('a keyring error begins with file and line', () => {
    expect(new KeyringError({ path: '/etc/ceph/keyring', line: 3 }, 'expected a, got b')).toMatchObject({
      message: '/etc/ceph/keyring:3: expected a, got b',
      path: '/etc/ceph/keyring',
      line: 3,
    })
    expect(new KeyringError({ path: 'keyring' }, 'none').message).toBe('keyring: none')
  })

  test('a cause is kept', () => {
    const cause = new Error('deeper')
    expect(new AuthProtocolError('text', cause).cause).toBe(cause)
    expect(new KeyringError({ path: 'p' }, 'text', cause).cause).toBe(cause)
  })

  test('a refusal tells the result', () => {
    expect(new AuthRefusedError(-95, 'text').result).toBe(-95)
  })
})
