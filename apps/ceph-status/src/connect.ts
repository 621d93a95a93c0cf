import { AuthMethod } from '@msgr/auth'
import { connectMonClient, type MonClient } from '@msgr/mon-client'
import type { StatusRequest } from './command-line.ts'

/** Connects as was asked. Throws what `connectMonClient` throws. */
export function connect(request: StatusRequest, signal: AbortSignal): Promise<MonClient> {
  const { conf, keyring, name, monHost, mode, auth, timeoutMs } = request
  return connectMonClient({
    name,
    signal,
    timeoutMs,
    // It asks monitors only.
    wantedServices: 0,
    ...(conf !== undefined && { conf }),
    ...(keyring !== undefined && { key: { keyring } }),
    ...(monHost !== undefined && { monHost }),
    ...(auth !== undefined && { authMethods: [AuthMethod[auth]] }),
    messenger: { type: 'simple', ...(mode !== undefined && { monClientMode: mode }) },
  })
}
