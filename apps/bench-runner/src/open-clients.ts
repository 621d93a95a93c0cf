import type { EchoClient, EchoClientOwner, EchoClients } from './echo-subject.ts'
import { inWaves } from './in-waves.ts'

/** A client for each owner, not too many being opened at once, and the end of them all. */
export async function openClients<Client extends EchoClient & { close(): Promise<void> }>(
  owners: readonly EchoClientOwner[],
  open: (owner: EchoClientOwner) => Promise<Client>,
): Promise<EchoClients & { readonly clients: readonly Client[] }> {
  const clients = await inWaves(owners, open)
  return {
    clients,
    close: async () => {
      await Promise.all(clients.map((client) => client.close()))
    },
  }
}
