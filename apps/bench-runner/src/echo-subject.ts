import type { EchoLoad } from './echo-load.ts'
import type { LoadOptions } from './load.ts'

/** What carries the messages of an echo: one way to send bytes and get them back from another process. */
export interface EchoSubject {
  readonly name: string
  /** A server on 127.0.0.1 that sends each payload back to where it came from. */
  listen(): Promise<EchoServer>
  /** A connection to such a server for each owner. Resolves when all are open. */
  connect(address: string, owners: readonly EchoClientOwner[]): Promise<EchoClients>
}

/** One whose connections live on threads, and whose load runs there. */
export interface ThreadedEchoSubject extends Pick<EchoSubject, 'name' | 'listen'> {
  /** Opens connections to such a server, with a load where they live. Resolves when all are open. */
  openLoad(address: string, options: LoadOptions): Promise<EchoLoad>
}

export interface EchoServer {
  /** What `connect` takes. */
  readonly address: string
  /** What processes have used of the processor that it needs besides its own, in microseconds. */
  helperCpuMicros?(): number
  close(): Promise<void>
}

/** Connections that are opened and closed together. */
export interface EchoClients {
  /** In the order of their owners. */
  readonly clients: readonly EchoClient[]
  /** Gives each peer a sign of life, if there is a way besides a message. */
  keepalive?(): void
  /** Once it is called, the owners hear nothing more. */
  close(): Promise<void>
}

export interface EchoClient {
  /** The payload must not be changed before its reply has come. */
  send(payload: Uint8Array): void
}

/** Who a client belongs to. */
export interface EchoClientOwner {
  /** A payload has come back. Its bytes hold until this returns. */
  receive(payload: Uint8Array): void
  /** The connection was lost: nothing more will come. */
  fail(error: Error): void
}
