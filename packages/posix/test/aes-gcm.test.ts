import { createCipheriv } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describeNeeding, missingCommand, run } from '@msgr-tooling/native-tests'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { AesGcm, aesGcmAvailable } from '../src/aes-gcm.ts'
import { BufferRangeError } from '../src/errors.ts'
import { native } from '../src/native-binding.ts'
import { buildPrograms, packageRoot } from './built-program.ts'
import { missingShim } from './missing-shim.ts'

const key = Uint8Array.from({ length: 16 }, (_, i) => i)
const nonce = Uint8Array.from({ length: 12 }, (_, i) => 100 + i)

/** The ciphertext and the tag, by `node:crypto`. */
function sealedByNode(
  plain: Uint8Array,
  { key: k = key, nonce: n = nonce }: { readonly key?: Uint8Array; readonly nonce?: Uint8Array } = {},
): Buffer {
  const cipher = createCipheriv('aes-128-gcm', k, n)
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function bytesOf(length: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => (i * 31 + (i >> 8)) & 255)
}

const fixed = (length: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.uint8Array({ minLength: length, maxLength: length })
/** Around each size at which OpenSSL changes its step, and others. */
const part = fc
  .oneof(fc.nat(40), fc.constantFrom(0, 15, 16, 17, 95, 96, 97, 287, 288, 289, 4096), fc.nat(2000))
  .map(bytesOf)

describeNeeding(missingShim, 'AesGcm', () => {
  test('is available in Node', () => {
    expect(aesGcmAvailable()).toBe(true)
  })

  test('seals parts as node:crypto does all of them together, and writes nothing else', () => {
    fc.assert(
      fc.property(fixed(16), fixed(12), fc.array(part, { maxLength: 6 }), fc.nat(20), (k, n, parts, at) => {
        const plain = Buffer.concat(parts)
        const target = new Uint8Array(at + plain.length + 16 + 5).fill(0xee)
        expect(new AesGcm(k).seal(n, parts, target, at)).toBe(plain.length + 16)
        const expected = Buffer.alloc(target.length, 0xee)
        expected.set(sealedByNode(plain, { key: k, nonce: n }), at)
        expect(Buffer.from(target)).toEqual(expected)
      }),
    )
  })

  test('opens what node:crypto has sealed, again and again with one key, and writes nothing else', () => {
    const cipher = new AesGcm(key)
    fc.assert(
      fc.property(fixed(12), part, fc.nat(20), fc.nat(20), (n, plain, before, at) => {
        const sealed = sealedByNode(plain, { nonce: n })
        const source = Buffer.concat([Buffer.alloc(before, 1), sealed, Buffer.alloc(3, 2)])
        const target = new Uint8Array(at + plain.length + 5).fill(0xee)
        expect(cipher.open(n, source, before, before + sealed.length, target, at)).toBe(true)
        const expected = Buffer.alloc(target.length, 0xee)
        expected.set(plain, at)
        expect(Buffer.from(target)).toEqual(expected)
      }),
    )
  })

  test('of what was changed, cut or sealed with another nonce gives nothing out, and opens the next', () => {
    const cipher = new AesGcm(key)
    fc.assert(
      fc.property(part, fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, where, by) => {
        const sealed = sealedByNode(plain)
        const changed = Uint8Array.from(sealed)
        changed[where % sealed.length]! ^= by
        const other = sealedByNode(plain, { nonce: new Uint8Array(12) })
        for (const wrong of [changed, other, sealed.subarray(0, where % sealed.length)]) {
          const target = new Uint8Array(plain.length).fill(0xee)
          expect(cipher.open(nonce, wrong, 0, wrong.length, target, 0)).toBe(false)
          const written = Math.max(0, wrong.length - 16)
          expect(target.subarray(0, written)).toEqual(new Uint8Array(written))
          expect(target.subarray(written)).toEqual(new Uint8Array(plain.length - written).fill(0xee))
        }
        const target = new Uint8Array(plain.length)
        expect(cipher.open(nonce, sealed, 0, sealed.length, target, 0)).toBe(true)
        expect(target).toEqual(plain)
      }),
    )
  })

  test('seals and opens in place', () => {
    const room = new Uint8Array(10 + 4096 + 16)
    room.set(bytesOf(4096), 10)
    const cipher = new AesGcm(key)
    cipher.seal(nonce, [room.subarray(10, 1000), room.subarray(1000, 1000), room.subarray(1000, 4106)], room, 10)
    expect(Buffer.from(room.subarray(10))).toEqual(sealedByNode(bytesOf(4096)))
    expect(cipher.open(nonce, room, 10, 10 + 4096 + 16, room, 10)).toBe(true)
    expect(room.subarray(10, 4106)).toEqual(bytesOf(4096))
  })

  test('refuses to write over what it has still to read', () => {
    const cipher = new AesGcm(key)
    const room = new Uint8Array(200)
    for (const at of [59, 61, 5, 99]) {
      expect(() => cipher.seal(nonce, [room.subarray(60, 100)], room, at)).toThrow(/do not lie across the target/)
    }
    for (const at of [59, 61, 25, 115]) {
      expect(() => cipher.open(nonce, room, 60, 116, room, at)).toThrow(/does not lie across the source/)
    }
    expect(room).toEqual(new Uint8Array(200))
    expect(cipher.seal(nonce, [room.subarray(60, 100)], room, 4)).toBe(56)
    expect(cipher.seal(nonce, [room.subarray(60, 100)], room, 100)).toBe(56)
  })

  test('seals more parts than fit into one call of the shim', () => {
    const parts = Array.from({ length: 1500 }, (_, i) => bytesOf(i % 5))
    const target = new Uint8Array(Buffer.concat(parts).length + 16)
    new AesGcm(key).seal(nonce, parts, target, 0)
    expect(Buffer.from(target)).toEqual(sealedByNode(Buffer.concat(parts)))
    expect(native().aesGcmSeal(native().aesGcmCreate(key) as object, nonce, target, 0, ...parts)).toBe(-4096)
  })

  test('seals and opens megabytes', () => {
    const plain = bytesOf(5_000_003)
    const [sealed, opened] = [new Uint8Array(plain.length + 16), new Uint8Array(plain.length)]
    const cipher = new AesGcm(key)
    cipher.seal(nonce, [plain.subarray(0, 1), plain.subarray(1)], sealed, 0)
    expect(sealedByNode(plain).equals(sealed)).toBe(true)
    expect(cipher.open(nonce, sealed, 0, sealed.length, opened, 0)).toBe(true)
    expect(Buffer.from(opened).equals(plain)).toBe(true)
  })

  test('refuses 2 GiB, which OpenSSL could not count', () => {
    const large = new Uint8Array(2 ** 31)
    const cipher = new AesGcm(key)
    expect(() => cipher.seal(nonce, [large], new Uint8Array(2 ** 31 + 16), 0)).toThrow('parts of less than 2 GiB')
    expect(() => cipher.open(nonce, large, 0, large.length, new Uint8Array(2 ** 31), 0)).toThrow(RangeError)
  })

  test('keeps no reference to the key', () => {
    const own = Uint8Array.from(key)
    const cipher = new AesGcm(own)
    own.fill(0)
    const target = new Uint8Array(21)
    cipher.seal(nonce, [bytesOf(5)], target, 0)
    expect(Buffer.from(target)).toEqual(sealedByNode(bytesOf(5)))
  })

  test.each([0, 15, 17, 32])('takes no key of %d bytes', (length) => {
    expect(() => new AesGcm(new Uint8Array(length))).toThrow(`key: expected 16 bytes, got ${length}`)
  })

  test.each([0, 11, 13])('takes no nonce of %d bytes', (length) => {
    const cipher = new AesGcm(key)
    const wrong = new Uint8Array(length)
    const message = `nonce: expected 12 bytes, got ${length}`
    expect(() => cipher.seal(wrong, [], new Uint8Array(16), 0)).toThrow(message)
    expect(() => cipher.open(wrong, new Uint8Array(16), 0, 16, new Uint8Array(0), 0)).toThrow(message)
  })

  test.each([
    [21, 1],
    [20, 0],
    [100, 80],
    [100, -1],
    [100, 101],
    [100, 2 ** 53],
  ])('seals 5 bytes into %d bytes not at %d', (size, at) => {
    expect(() => new AesGcm(key).seal(nonce, [bytesOf(5)], new Uint8Array(size), at)).toThrow(BufferRangeError)
  })

  test.each([
    [-1, 30, 0],
    [0, 101, 0],
    [31, 30, 0],
    [0, 30, 7],
    [0, 30, -1],
    [0, 16, 21],
    [0, 30, 2 ** 53],
  ])('opens %d to %d of 100 bytes to 20 bytes not at %d', (start, end, at) => {
    const cipher = new AesGcm(key)
    expect(() => cipher.open(nonce, new Uint8Array(100), start, end, new Uint8Array(20), at)).toThrow(BufferRangeError)
  })

  test('leaves no error behind that node:crypto would report as its own', () => {
    const cipher = new AesGcm(key)
    expect(cipher.open(nonce, new Uint8Array(50), 0, 50, new Uint8Array(34), 0)).toBe(false)
    expect(sealedByNode(bytesOf(20))).toHaveLength(36)
  })

  test('works in threads at the same time, with ciphers of their own', { timeout: 60_000 }, async () => {
    const root = await buildPrograms('cipher-threads', ['seal-in-thread'], join(packageRoot, 'prebuilds'))
    const digests = await Promise.all(
      [1, 2, 3, 4].map(
        (seed) =>
          new Promise<string>((resolve, reject) => {
            const worker = new Worker(join(root, 'dist', 'seal-in-thread.mjs'), { workerData: { seed } })
            worker.once('message', resolve).once('error', reject)
          }),
      ),
    )
    const expected = [1, 2, 3, 4].map((seed) =>
      sealedByNode(new Uint8Array(5000).fill(seed), { key: new Uint8Array(16).fill(seed) }).toString('hex'),
    )
    expect(digests).toEqual(expected)
  })
})

// What a process without OpenSSL, or with one that lacks a function, sees: the shim is compiled so that it asks for a
// function by a name that nobody has.
const FUNCTIONS = [
  'EVP_CIPHER_CTX_new',
  'EVP_CIPHER_CTX_free',
  'EVP_CIPHER_CTX_ctrl',
  'EVP_aes_128_gcm',
  'EVP_EncryptInit_ex',
  'EVP_EncryptUpdate',
  'EVP_EncryptFinal_ex',
  'EVP_DecryptInit_ex',
  'EVP_DecryptUpdate',
  'EVP_DecryptFinal_ex',
  'ERR_clear_error',
]

describeNeeding(missingShim ?? missingCommand('cc') ?? missingCommand('readelf'), 'in a process without', () => {
  const native = join(packageRoot, 'native')
  const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers') as { include_dir: string }
  const flags = ['-std=c11', '-D_GNU_SOURCE', '-DNAPI_VERSION=8', '-fPIC', `-I${headers}`]
  let root: string
  let rest: string[]

  const compile = async (args: readonly string[]): Promise<void> => {
    expect(await run('cc', [...flags, ...args])).toMatchObject({ code: 0 })
  }

  beforeAll(async () => {
    root = await buildPrograms('without-openssl', ['without-openssl'])
    mkdirSync(join(root, 'prebuilds', `linux-${process.arch}`), { recursive: true })
    const sources = readdirSync(native).filter((name) => name.endsWith('.c') && name !== 'aes-gcm.c')
    rest = sources.map((name) => join(root, name.replace(/c$/, 'o')))
    for (const [i, name] of sources.entries()) await compile(['-c', join(native, name), '-o', rest[i]!])
  })

  const report = async (defines: readonly string[]): Promise<string> => {
    const binary = join(root, 'prebuilds', `linux-${process.arch}`, 'msgr-posix.node')
    await compile([...defines, '-shared', join(native, 'aes-gcm.c'), ...rest, '-o', binary])
    const { stdout, stderr } = await run(process.execPath, [join(root, 'dist', 'without-openssl.mjs')])
    expect(stderr).toBe('')
    return stdout
  }

  test.each(FUNCTIONS)('%s the shim loads and works, and says that there is no cipher', async (name) => {
    expect(await report([`-D${name}=nobody_has_it`])).toBe('available true, cipher false: ERR_POSIX_UNAVAILABLE\n')
  })

  test('all of OpenSSL likewise', async () => {
    const defines = FUNCTIONS.map((name) => `-D${name}=nobody_has_${name}`)
    expect(await report(defines)).toBe('available true, cipher false: ERR_POSIX_UNAVAILABLE\n')
  })

  test('nothing there is a cipher', async () => {
    expect(await report([])).toBe('available true, cipher true: none\n')
  })

  test('a right answer from OpenSSL there is none to be used', async () => {
    expect(await report(['-DEVP_aes_128_gcm=EVP_aes_128_ctr'])).toMatch(/^available true, cipher false/)
  })

  test('no more names than these are asked for', async () => {
    const { stdout } = await run('readelf', [
      '--wide',
      '--dyn-syms',
      join(packageRoot, 'prebuilds', `linux-${process.arch}`, 'msgr-posix.node'),
    ])
    const weak = [...stdout.matchAll(/ WEAK +\w+ +UND (\w+)/g)].map(([, name]) => name)
    expect(weak.sort()).toEqual([...FUNCTIONS].sort())
  })
})
