import { expect, test } from 'vitest'
import { AF_INET, AF_INET6 } from '../src/constants.ts'
import { SocketAddressError } from '../src/errors.ts'
import { addressFamily, formatSocketAddress, type SocketAddress } from '../src/socket-address.ts'

test.each<[SocketAddress, string]>([
  [{ address: '127.0.0.1', port: 6800, family: 4 }, '127.0.0.1:6800'],
  [{ address: '::1', port: 0, family: 6 }, '[::1]:0'],
  [{ address: 'fe80::1', port: 3300, family: 6, scopeId: 2 }, '[fe80::1%2]:3300'],
])('%o is written %s', (address, text) => {
  expect(formatSocketAddress(address)).toBe(text)
})

test('the family of an address is that of its fields and its text', () => {
  expect(addressFamily({ address: '10.0.0.1', port: 65535, family: 4 })).toBe(AF_INET)
  expect(addressFamily({ address: 'fe80::1', port: 0, family: 6, scopeId: 1 })).toBe(AF_INET6)
})

test.each<[string, SocketAddress, string]>([
  [
    'a name',
    { address: 'localhost', port: 1, family: 4 },
    'expected a numeric IPv4 address for family 4, got "localhost"',
  ],
  ['too few numbers', { address: '1.2.3', port: 1, family: 4 }, 'got "1.2.3"'],
  ['the other family', { address: '::1', port: 1, family: 4 }, 'got "::1"'],
  ['the other family', { address: '127.0.0.1', port: 1, family: 6 }, 'expected a numeric IPv6 address'],
  ['a zone in the text', { address: 'fe80::1%lo', port: 1, family: 6 }, 'without a zone'],
  ['a port below 0', { address: '::1', port: -1, family: 6 }, 'expected a port from 0 to 65535, got -1'],
  ['a port of more than 16 bits', { address: '::1', port: 65536, family: 6 }, 'got 65536'],
  ['half a port', { address: '::1', port: 1.5, family: 6 }, 'got 1.5'],
  ['no family', { address: '::1', port: 1, family: 5 as 6 }, 'for family 5'],
])('%s is refused, with what was expected and what came', (_, address, message) => {
  expect(() => addressFamily(address)).toThrow(SocketAddressError)
  expect(() => addressFamily(address)).toThrow(message)
})
