import type { EntityAddr, EntityName } from '@msgr/message'
import {
  Messenger,
  type ConnectionHost,
  type ConnectionRole,
  type Listener,
  type MessengerSettings,
  type SessionConnection,
  type WireTools,
} from '@msgr/messenger-core'
import { Accepter } from './accepter.ts'
import { PipeConnection } from './pipe-connection.ts'
import { Pipe } from './pipe.ts'

/**
 * A messenger on Node's own sockets, with a reader and a writer loop for each. It runs wherever Node runs and needs no
 * native code, but can be given some.
 *
 * Differs from Ceph: `tcpRcvbuf` has no effect, since `node:net` cannot set it before the connection is made.
 *
 * Ceph: src/msg/simple/SimpleMessenger.h
 */
export class SimpleMessenger extends Messenger {
  /** `tools`: what can be done faster than by code that runs everywhere, for example `nativeTools` of async-messenger. */
  constructor(name: EntityName, settings: MessengerSettings = {}, tools?: WireTools) {
    super(name, settings, tools)
    const { tcpRcvbuf } = this.options
    if (tcpRcvbuf > 0) this.parts.logger(1, `tcpRcvbuf of ${tcpRcvbuf} bytes has no effect on sockets of node:net`)
  }

  protected override openListener(addr: EntityAddr): Promise<Listener> {
    return Accepter.listen(addr, {
      options: this.options,
      logger: this.parts.logger,
      onSocket: (socket) => {
        this.acceptTransport(new Pipe(socket, 'connected', this.host.injector), addr.type === 'v1' ? 'v1' : 'v2')
      },
    })
  }

  protected override makeConnection(id: number, host: ConnectionHost, role: ConnectionRole): SessionConnection {
    return new PipeConnection(id, host, role, {
      tcpNodelay: this.options.tcpNodelay,
      localAddress: () => (this.options.bindBeforeConnect && !this.myAddr.isBlankIp ? this.myAddr.host : undefined),
    })
  }

  /** Sockets are closed with their connections, and there is nothing else. */
  protected override closeIo(): Promise<void> {
    return Promise.resolve()
  }
}
