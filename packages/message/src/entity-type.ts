/** What a peer is. The values are bits, as on the wire. Ceph: src/include/msgr.h, CEPH_ENTITY_TYPE_* */
export const EntityType = { mon: 1, mds: 2, osd: 4, client: 8, mgr: 16, auth: 32, any: 255 } as const

const typesByName: ReadonlyMap<string, number> = new Map(Object.entries(EntityType))
const namesByType: ReadonlyMap<number, string> = new Map(Object.entries(EntityType).map(([name, type]) => [type, name]))

/** The name of a type (`'osd'`), or `'type-3'` for a number that has none. */
export function entityTypeName(type: number): string {
  return namesByType.get(type) ?? `type-${type}`
}

/** The type that a name stands for (`'osd'` → 4), or `undefined`. */
export function entityTypeFromName(name: string): number | undefined {
  return typesByName.get(name)
}
