/** What carries the messages of an echo: one way to send bytes and get them back from another process. */
export interface EchoSubject {
  readonly name: string
  /** A server on 127.0.0.1 that sends each payload back to where it came from. */
  listen(): Promise<EchoServer>
  /** One connection to such a server. Resolves when it is open. */
  connect(address: string, owner: EchoClientOwner): Promise<EchoClient>
}

export interface EchoServer {
  /** What `connect` takes. */
  readonly address: string
  close(): Promise<void>
}

export interface EchoClient {
  /** The payload must not be changed afterwards. */
  send(payload: Uint8Array): void
  /** Once it is called, the owner hears nothing more. */
  close(): Promise<void>
}

/** Who a client belongs to. */
export interface EchoClientOwner {
  /** A payload has come back. Its bytes hold until this returns. */
  receive(payload: Uint8Array): void
  /** The connection was lost: nothing more will come. */
  fail(error: Error): void
}
