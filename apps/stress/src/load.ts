import type { StreamWatcher } from './stress-client.ts'

/** What a client process is kept busy with. */
export interface Load extends StreamWatcher {
  /** Sends whatever there is to send. Resolves when every reply is there, or is not waited for any more. */
  run(): Promise<void>
  /** The server's side of a stream's connection is dropped, as was ours. */
  peerDropped(stream: number): void
}
