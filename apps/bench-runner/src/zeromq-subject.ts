import type { EchoClient, EchoClientOwner, EchoSubject } from './echo-subject.ts'
import { BenchError } from './errors.ts'
import { openClients } from './open-clients.ts'
import { loadPeer } from './peers.ts'

/** What is used of package zeromq. */
interface ZeromqSocket extends AsyncIterable<Buffer[]> {
  readonly closed: boolean
  readonly lastEndpoint: string | null
  bind(address: string): Promise<void>
  connect(address: string): void
  send(parts: readonly Uint8Array[]): Promise<void>
  close(): void
}
interface Zeromq {
  readonly Dealer: new (options: object) => ZeromqSocket
  readonly Router: new (options: object) => ZeromqSocket
}

/** What is under way is bounded by the load, so the sockets need not bound it; and nothing is left to send at the end. */
const OPTIONS = { sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 0 }

/** A ROUTER that sends each message back to the DEALER it came from, each socket with the default of one I/O thread. */
export const zeromqSubject: EchoSubject = {
  name: 'zeromq',

  async listen() {
    const { Router } = await loadPeer<Zeromq>('zeromq')
    const router = new Router(OPTIONS)
    await router.bind('tcp://127.0.0.1:*')
    const echoing = (async () => {
      for await (const parts of router) await router.send(parts)
    })().catch(unlessClosed(router))
    return {
      address: router.lastEndpoint ?? '',
      close: async () => {
        router.close()
        await echoing
      },
    }
  },

  async connect(address, owners) {
    const { Dealer } = await loadPeer<Zeromq>('zeromq')
    return openClients(owners, (owner) => {
      const dealer = new Dealer(OPTIONS)
      dealer.connect(address)
      return Promise.resolve(new ZeromqClient(dealer, owner))
    })
  },
}

/** One send at a time is all that a socket takes. */
class ZeromqClient implements EchoClient {
  readonly #dealer: ZeromqSocket
  readonly #owner: EchoClientOwner
  readonly #receiving: Promise<void>
  #waiting: Uint8Array[] = []
  #isSending = false

  constructor(dealer: ZeromqSocket, owner: EchoClientOwner) {
    this.#dealer = dealer
    this.#owner = owner
    this.#receiving = this.#receive().catch(unlessClosed(dealer, owner))
  }

  send(payload: Uint8Array): void {
    this.#waiting.push(payload)
    if (this.#isSending) return
    this.#isSending = true
    void this.#sendAll().catch(unlessClosed(this.#dealer, this.#owner))
  }

  async close(): Promise<void> {
    this.#dealer.close()
    await this.#receiving
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      for (const payload of batch) await this.#dealer.send([payload])
    }
    this.#isSending = false
  }

  async #receive(): Promise<void> {
    for await (const [payload] of this.#dealer) {
      if (payload !== undefined) this.#owner.receive(payload)
    }
  }
}

/** What goes wrong on a socket that was closed is no wonder. */
function unlessClosed(socket: ZeromqSocket, owner?: EchoClientOwner): (cause: unknown) => void {
  return (cause) => {
    if (!socket.closed) owner?.fail(new BenchError('ERR_BENCH_CONNECTION', 'zeromq: the socket failed', cause))
  }
}
