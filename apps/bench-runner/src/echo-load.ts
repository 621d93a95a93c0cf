import type { EchoSubject } from './echo-subject.ts'
import { Load, type LoadFigures, type LoadOptions, type PacedRunLength, type RunLength } from './load.ts'

/** A load and the connections that it goes over, which are open. */
export interface EchoLoad {
  /** As `Load` does. */
  run(length: RunLength | PacedRunLength): Promise<LoadFigures>
  /** Gives each peer a sign of life. */
  keepalive(): Promise<void>
  close(): Promise<void>
}

/** Opens a subject's connections for a load on this thread. */
export async function openLoad(
  subject: Pick<EchoSubject, 'connect'>,
  address: string,
  options: LoadOptions,
): Promise<EchoLoad> {
  const load = new Load(options)
  const connections = await subject.connect(address, load.owners)
  return {
    run: (length) => load.run(connections.clients, length),
    // A message and its reply where there is no other sign.
    keepalive: async () => {
      if (connections.keepalive === undefined) await load.sendOnEach(connections.clients)
      else connections.keepalive()
    },
    close: () => connections.close(),
  }
}
