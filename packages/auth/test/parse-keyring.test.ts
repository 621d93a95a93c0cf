import { describe, expect, test } from 'vitest'
import { KeyringError } from '../src/index.ts'
import { parseKeyring } from '../src/parse-keyring.ts'
import { readGoldenText } from './read-golden.ts'

const KEY = 'AQAA8VNlFc1bBxAAAAECAwQFBgcICQoLDA0ODw=='

function plain(text: string): unknown {
  const entries = parseKeyring(text, 'keyring')
  return Object.fromEntries(
    entries.map(({ name, key, caps }) => [name.toString(), { key: key.toBase64(), ...Object.fromEntries(caps) }]),
  )
}

function refused(text: string): KeyringError {
  try {
    parseKeyring(text, 'file')
  } catch (error) {
    if (error instanceof KeyringError) return error
  }
  throw new Error('expected a KeyringError')
}

describe('parseKeyring', () => {
  test("reads what Ceph's tool has written", () => {
    expect(plain(readGoldenText('authtool.keyring'))).toEqual({
      'mon.': { key: 'AQC2ugJrbBx+OxAAkn6Zrw+hgG/MIgUfyh40sQ==', mon: 'allow *' },
      'osd.3': { key: 'AQC3ugJrWAkXBhAAR3SLbcUNUkZQR91LCom0IA==', mon: 'allow profile osd', osd: 'allow *' },
      'client.backup.eu': {
        key: 'AQC3ugJrT/fnDBAAPBG2sy20XhszdS9iI8qR/g==',
        mon: 'allow r',
        osd: 'allow rwx pool="a b", allow r tag cephfs data=x',
      },
      'client.admin': {
        key: 'AQC2ugJr31Y7NhAAMJoTgi9boAyOCMqXWShWpA==',
        mds: 'allow *',
        mgr: 'allow *',
        mon: 'allow *',
        osd: 'allow *',
      },
    })
  })

  test("reads comments, quotes, escapes and joined lines as Ceph's tool does", () => {
    expect(plain(readGoldenText('by-hand.keyring'))).toEqual({
      'mon.': { key: KEY },
      'client.a': {
        key: KEY,
        mds: String.raw`x # y ; z \ w " q`,
        mgr: 'a"b"c',
        mon: 'allow   profile x',
        osd: 'single "q"',
        rgw: 'allow "x"',
      },
    })
  })

  test.each([
    ['indented sections', ` \t[ client.a ]\n key=${KEY}\n`],
    ['no end of the last line', `[client.a]\nkey = ${KEY}`],
    ['line ends of Windows and old Macs', `[client.a]\r\nkey = ${KEY}\r\rauid = 1\r\n`],
    ['a byte order mark', `\ufeff[client.a]\nkey = ${KEY}\n`],
    ['a backslash at the very end', `[client.a]\nkey = ${KEY}\nauid = 1\\`],
    ['a key that comes twice', `[client.a]\nkey = ${KEY.replace('AAECAw', 'AAEAAA')}\nkey = ${KEY}\n`],
  ])('reads %s', (_, text) => {
    expect(plain(text)).toEqual({ 'client.a': { key: KEY } })
  })

  test('takes comment signs in quotes for what they are', () => {
    expect(plain(`[client.a]\nkey = ${KEY}\ncaps osd = "a # b ; c" # d\n`)).toMatchObject({
      'client.a': { osd: 'a # b ; c' },
    })
  })

  test('counts the lines that were joined', () => {
    expect(refused(`[client.a]\nkey = ${KEY}\ncaps mon = a \\\n b \\\n c\nfoo = 1\n`).line).toBe(6)
  })

  test.each([
    [`key = ${KEY}\n`, 1, 'expected a section such as [client.admin], got something before the first'],
    [`[client.a]\n${KEY.slice(0, 20)}\n`, 2, 'expected NAME = VALUE, got a line without ='],
    [`[client.a]\n${KEY}\n`, 2, 'expected key or caps SERVICE, got another'],
    [`[client.a]\nkye = ${KEY}\n`, 2, 'expected key or caps SERVICE, got "kye"'],
    [`[client.a]\ncaps = x\n`, 2, 'expected key or caps SERVICE, got "caps"'],
    [`\n[${KEY}]\n`, 2, 'expected a section such as [client.admin], got another'],
    [`[client.a\nkey = ${KEY}\n`, 1, 'expected a section such as [client.admin], got another'],
    [`[foo.a]\nkey = ${KEY}\n`, 1, 'expected a section such as [client.admin], got another'],
    [`[client.a]\nkey = "${KEY}\n`, 2, 'expected " at the end of the value, got the end of the line'],
    [`[client.a]\nkey = "${KEY}" x\n`, 2, 'expected the end of the line after ", got more'],
    [
      `[client.a]\nkey = ${KEY.slice(0, 30)}\n`,
      2,
      'key: expected the base64 form of a key, got 30 characters that are none',
    ],
    [`[client.a]\nkey = AAAAAAAAAAAAAAAA\n`, 2, 'key: expected one that protects, got type 0 (none)'],
    [`; a\n[client.a]\ncaps mon = x\n`, 2, '[client.a]: expected a key, got none'],
  ])('refuses %j with its line, what it expected and what it got, but without the key', (text, line, message) => {
    const error = refused(text)
    expect(error).toMatchObject({ path: 'file', line, message: `file:${line}: ${message}` })
    const cause = error.cause instanceof Error ? error.cause.message : ''
    for (let i = 0; i + 6 <= KEY.length; i++) expect(error.message + cause).not.toContain(KEY.slice(i, i + 6))
  })
})
