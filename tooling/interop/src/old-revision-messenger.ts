import { SimpleMessenger } from '@msgr/messenger'
import type { ConnectionHost, ConnectionRole, SessionConnection } from '@msgr/messenger-core'

/** A messenger that knows only the first revision of version 2 of the protocol, as early releases of 14.2 and 15.2. */
export class OldRevisionMessenger extends SimpleMessenger {
  protected override makeConnection(id: number, host: ConnectionHost, role: ConnectionRole): SessionConnection {
    return super.makeConnection(id, atRevision20(host), role)
  }
}

/** The same host, but for what its sessions may speak. */
function atRevision20(host: ConnectionHost): ConnectionHost {
  const { sessionOptions } = host
  const old = { ...sessionOptions, wire: { ...sessionOptions.wire, maxRevision: '2.0' as const } }
  return new Proxy(host, {
    get: (target, key): unknown => {
      if (key === 'sessionOptions') return old
      const value: unknown = Reflect.get(target, key)
      // It has private state, which it finds only under its own identity.
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
