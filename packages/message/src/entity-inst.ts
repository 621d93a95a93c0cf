import type { EntityAddr } from './entity-addr.ts'
import type { EntityName } from './entity-name.ts'

/** A peer and where to find it. Ceph: src/msg/msg_types.h, entity_inst_t */
export interface EntityInst {
  readonly name: EntityName
  readonly addr: EntityAddr
}

/** `osd.3 v1:1.2.3.4:6800/77` */
export function formatEntityInst(inst: EntityInst): string {
  return `${inst.name.toString()} ${inst.addr.toString()}`
}
