import type { Asked } from './asked.ts'
import type { EchoClientProtocol } from './echo-client.ts'
import type { EchoServerProtocol } from './echo-server.ts'

/** The two ends of an echo, each in a process of its own when it counts. */
export interface EchoEnds {
  readonly server: Asked<EchoServerProtocol>
  readonly client: Asked<EchoClientProtocol>
  /** Ends the processes, in whatever state they are. */
  stop(): Promise<void>
}
