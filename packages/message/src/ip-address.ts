/** The 4 bytes of a dotted IPv4 address, or `undefined` if the text is none. */
export function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  const bytes = new Uint8Array(4)
  for (const [i, part] of parts.entries()) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    bytes[i] = Number(part)
  }
  return bytes
}

/** The 16 bytes of an IPv6 address without a scope, or `undefined` if the text is none. */
export function parseIpv6(text: string): Uint8Array | undefined {
  const [before = '', after, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const isShortened = after !== undefined
  // Only the end of an address may be written as IPv4.
  const head = parseGroups(before, !isShortened)
  const tail = parseGroups(after ?? '', true)
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  // A "::" stands for at least one group of zeros.
  if (isShortened ? missing < 1 : missing !== 0) return undefined

  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  head.forEach((group, i) => {
    view.setUint16(2 * i, group)
  })
  tail.forEach((group, i) => {
    view.setUint16(2 * (8 - tail.length + i), group)
  })
  return bytes
}

/** The 16-bit groups between the colons of a text, which has none at its ends. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    const v4 = mayEndInIpv4 && i === parts.length - 1 ? parseIpv4(part) : undefined
    if (v4 !== undefined) {
      const view = new DataView(v4.buffer)
      groups.push(view.getUint16(0), view.getUint16(2))
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(parseInt(part, 16))
    } else {
      return undefined
    }
  }
  return groups
}

/**
 * The usual text of 4 or 16 address bytes, as `inet_ntop` writes it. IPv6 is in lower case, with its longest run of
 * zeros as `::`.
 */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16)
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(2 * i))
  // An address that maps or embeds IPv4 ends in dotted form.
  const leadingZeros = groups.findIndex((group) => group !== 0)
  if ((leadingZeros === 5 && groups[5] === 0xffff) || leadingZeros === 6) {
    return `::${leadingZeros === 5 ? 'ffff:' : ''}${bytes.subarray(12).join('.')}`
  }
  const { start, length } = longestZeroRun(groups)
  if (length < 2) return formatGroups(groups)
  return `${formatGroups(groups.slice(0, start))}::${formatGroups(groups.slice(start + length))}`
}

function formatGroups(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':')
}

/** The first of the longest. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let i = 0; i < groups.length; i++) {
    let length = 0
    while (groups[i + length] === 0) length++
    if (length > best.length) best = { start: i, length }
    i += length
  }
  return best
}
