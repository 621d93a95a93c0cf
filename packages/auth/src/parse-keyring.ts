import { CryptoKey, type CryptoKeyOptions } from './crypto-key.ts'
import { KeyError, KeyringError } from './errors.ts'
import { type KeyringEntry } from './keyring.ts'
import { PrincipalName } from './principal-name.ts'

/** A section under way. */
interface Section {
  readonly name: PrincipalName
  /** Where it began first. */
  readonly line: number
  readonly caps: Map<string, string>
  key: CryptoKey | undefined
}

/** One line, with those that continue it. */
interface LogicalLine {
  readonly line: number
  readonly text: string
}

const SECTION = /^\[([^\]]*)\]\s*(?:[#;].*)?$/
/** What may stand in an error: no key looks like this. */
const HARMLESS_NAME = /^[a-z ]{1,24}$/

/**
 * Reads the text of a keyring: sections `[TYPE.ID]` with `key = BASE64` and `caps SERVICE = VALUE`. Comments begin with
 * `#` or `;`; a backslash takes the next character as it is, and joins lines; values may be quoted; underscores in
 * names are spaces. `[global]` and `auid` are skipped. A section that comes again adds to the first.
 *
 * Differs from Ceph: in quotes `#` and `;` need no backslash, and the last line needs no end. A section without a key
 * is an error; Ceph gives it an empty one. Ceph: src/auth/KeyRing.cc, decode_plaintext; src/common/ConfUtils.cc
 */
export function parseKeyring(text: string, path: string, options: CryptoKeyOptions = {}): KeyringEntry[] {
  const sections = new Map<string, Section>()
  let current: Section | 'skipped' | undefined
  for (const { line, text: content } of logicalLines(text.replace(/^\ufeff/, ''))) {
    const place = { path, line }
    if (content === '' || /^[#;]/.test(content)) continue
    if (content.startsWith('[')) {
      current = openSection(sections, content, place)
    } else if (current === undefined) {
      throw new KeyringError(place, 'expected a section such as [client.admin], got something before the first')
    } else if (current !== 'skipped') takeSetting(current, content, place, options)
  }
  return [...sections.values()].map(({ name, line, key, caps }) => {
    if (key !== undefined) return { name, key, caps }
    throw new KeyringError({ path, line }, `[${name.toString()}]: expected a key, got none`)
  })
}

function* logicalLines(text: string): Generator<LogicalLine> {
  let joined = ''
  let begin = 0
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    if (joined === '') begin = index + 1
    const isContinued = /(?:^|[^\\])(?:\\\\)*\\$/.test(raw)
    joined += isContinued ? raw.slice(0, -1) : raw
    if (isContinued) continue
    yield { line: begin, text: joined.trimStart() }
    joined = ''
  }
  if (joined !== '') yield { line: begin, text: joined.trimStart() }
}

function openSection(sections: Map<string, Section>, content: string, place: { path: string; line: number }) {
  const title = SECTION.exec(content)?.[1]?.trim()
  if (title === 'global') return 'skipped'
  const name = title === undefined ? undefined : PrincipalName.tryParse(title)
  if (name === undefined) throw new KeyringError(place, 'expected a section such as [client.admin], got another')
  const section = sections.get(name.toString()) ?? { name, line: place.line, caps: new Map(), key: undefined }
  sections.set(name.toString(), section)
  return section
}

function takeSetting(
  section: Section,
  content: string,
  place: { path: string; line: number },
  options: CryptoKeyOptions,
): void {
  const equals = content.indexOf('=')
  if (equals < 0) throw new KeyringError(place, 'expected NAME = VALUE, got a line without =')
  const setting = content.slice(0, equals).replaceAll('_', ' ').trim().replace(/\s+/g, ' ')
  const value = readValue(content.slice(equals + 1).trimStart(), place)
  if (setting === 'key') section.key = readKey(value, place, options)
  else if (/^caps \S/.test(setting)) section.caps.set(setting.slice('caps '.length), value)
  else if (setting !== 'auid') {
    const got = HARMLESS_NAME.test(setting) ? JSON.stringify(setting) : 'another'
    throw new KeyringError(place, `expected key or caps SERVICE, got ${got}`)
  }
}

function readKey(value: string, place: { path: string; line: number }, options: CryptoKeyOptions): CryptoKey {
  try {
    return CryptoKey.fromBase64(value, options)
  } catch (error) {
    throw error instanceof KeyError ? new KeyringError(place, error.message, error) : error
  }
}

/** The value at the start of the text: up to its quote, or to a comment or the end. */
function readValue(text: string, place: { path: string; line: number }): string {
  const [quote = ''] = /^["']/.exec(text) ?? []
  let value = ''
  for (let i = quote.length; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === '\\' && i + 1 < text.length) value += text.charAt(++i)
    else if (quote !== '' && character === quote) {
      if (/^\s*(?:[#;].*)?$/.test(text.slice(i + 1))) return value
      throw new KeyringError(place, `expected the end of the line after ${quote}, got more`)
    } else if (quote === '' && /[#;]/.test(character)) break
    else value += character
  }
  if (quote !== '') throw new KeyringError(place, `expected ${quote} at the end of the value, got the end of the line`)
  return value.trimEnd()
}
