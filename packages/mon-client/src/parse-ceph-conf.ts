import { CephConfError } from './errors.ts'

// A conf file of Ceph looks like other INI files, and differs from them in this: comments begin with # or ;, wherever
// in a line; a backslash takes the next character as it is and, at the end of a line, joins it with the next; in names
// of options spaces, underscores and dashes are the same; what comes before the first section is of [global].

interface LogicalLine {
  /** Counted from 1: where it begins. */
  readonly line: number
  readonly text: string
}

type Sections = Map<string, Map<string, string>>

const SECTION = /^\[([^\]]+)\]\s*(?:[#;].*)?$/

/** A name of an option with underscores, whatever it was written with. */
export function normalizeOptionName(name: string): string {
  return name.trim().replace(/[\s_-]+/g, '_')
}

/**
 * Reads sections and their options, whose names come out with underscores. A section that comes again adds to the
 * first, and an option that comes again counts instead of the first. Throws `CephConfError`.
 *
 * Ceph: src/common/ConfUtils.cc. Differs from Ceph: in quotes # and ; need no backslash.
 */
export function parseCephConf(text: string, path: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections: Sections = new Map()
  let current = 'global'
  for (const { line, text: content } of logicalLines(text.replace(/^\ufeff/, ''))) {
    if (content === '' || /^[#;]/.test(content)) continue
    if (content.startsWith('[')) {
      const title = SECTION.exec(content)?.[1]?.trim()
      if (title === undefined) throw new CephConfError({ path, line }, 'expected a section such as [client.admin]')
      current = title
      if (!sections.has(title)) sections.set(title, new Map())
    } else {
      takeSetting(sections, current, content, { path, line })
    }
  }
  return sections
}

function* logicalLines(text: string): Generator<LogicalLine> {
  let joined = ''
  let begin = 0
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    if (joined === '') begin = index + 1
    const isContinued = /(?:^|[^\\])(?:\\\\)*\\$/.test(raw)
    joined += isContinued ? raw.slice(0, -1) : raw
    if (isContinued) continue
    yield { line: begin, text: joined.trim() }
    joined = ''
  }
  if (joined !== '') yield { line: begin, text: joined.trim() }
}

function takeSetting(
  sections: Sections,
  section: string,
  content: string,
  place: { path: string; line: number },
): void {
  const equals = content.indexOf('=')
  const name = normalizeOptionName(content.slice(0, Math.max(0, equals)))
  if (name === '') throw new CephConfError(place, 'expected a section, or NAME = VALUE')
  const settings = sections.get(section) ?? new Map<string, string>()
  sections.set(section, settings)
  settings.set(name, readValue(content.slice(equals + 1).trimStart(), place))
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
      throw new CephConfError(place, `expected the end of the line after ${quote}, got more`)
    } else if (quote === '' && /[#;]/.test(character)) break
    else value += character
  }
  if (quote !== '') throw new CephConfError(place, `expected ${quote} at the end of the value, got the end of the line`)
  return value.trimEnd()
}
