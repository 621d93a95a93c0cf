import {
  AF_INET,
  AF_INET6,
  bind,
  close,
  connect,
  EAGAIN,
  EALREADY,
  EINPROGRESS,
  EISCONN,
  IP_TOS,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_TCLASS,
  listen,
  PosixError,
  setNonBlocking,
  setSocketOption,
  SO_PRIORITY,
  SO_RCVBUF,
  SO_REUSEADDR,
  SOL_SOCKET,
  socket,
  TCP_NODELAY,
  type SocketAddress,
} from '@msgr/posix'
import { NetHandlerError } from './errors.ts'

/** DSCP class selector 6, which routers take for network control. */
const CLASS_SELECTOR_6 = 0xc0

/** What a handler sets on the sockets it makes. */
export interface NetHandlerOptions {
  /** Send small segments at once (TCP_NODELAY). True by default. */
  readonly tcpNodelay?: boolean
  /** Receive buffer in bytes (SO_RCVBUF); 0, the default, leaves it to the kernel. */
  readonly tcpRcvbuf?: number
  /** SO_PRIORITY of connecting and accepted sockets, with class selector 6; -1, the default, leaves both alone. */
  readonly priority?: number
  /** Bind connecting sockets to the address given with `connect`, unless that is blank. False by default. */
  readonly bindBeforeConnect?: boolean
}

/**
 * Makes TCP sockets and sets them up. Descriptors belong to the caller; when a method throws, it has closed what it
 * opened.
 *
 * Ceph: src/msg/async/net_handler.cc
 *
 * Differs from Ceph: an option that the kernel refuses (a priority above 6 needs CAP_NET_ADMIN) is an error here. Ceph
 * logs it and goes on; this package has no log, and who asked for an option should hear that there is none.
 */
export class NetHandler {
  readonly #tcpNodelay: boolean
  readonly #tcpRcvbuf: number
  readonly #priority: number
  readonly #bindBeforeConnect: boolean

  constructor(options: NetHandlerOptions = {}) {
    this.#tcpNodelay = options.tcpNodelay ?? true
    this.#tcpRcvbuf = options.tcpRcvbuf ?? 0
    this.#priority = options.priority ?? -1
    this.#bindBeforeConnect = options.bindBeforeConnect ?? false
  }

  /** A blocking stream socket for addresses of this family, close-on-exec. Throws `PosixError`. */
  createSocket(family: 4 | 6, options: { readonly reuseAddr?: boolean } = {}): number {
    const fd = socket(family === 4 ? AF_INET : AF_INET6, { nonBlocking: false })
    if (options.reuseAddr === true) {
      closeOnError(fd, () => {
        setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1)
      })
    }
    return fd
  }

  /** Makes calls on a descriptor return at once instead of waiting. Throws `PosixError`. */
  setNonblock(fd: number): void {
    setNonBlocking(fd, true)
  }

  /** Sets the options that every socket gets, listening ones too. Throws `PosixError`. */
  setSocketOptions(fd: number): void {
    if (this.#tcpNodelay) setSocketOption(fd, IPPROTO_TCP, TCP_NODELAY, 1)
    if (this.#tcpRcvbuf > 0) setSocketOption(fd, SOL_SOCKET, SO_RCVBUF, this.#tcpRcvbuf)
  }

  /** Sets the type of service, and then the priority, which the first would reset. Throws `PosixError`. */
  setPriority(fd: number, priority: number, family: 4 | 6): void {
    if (priority < 0) return
    if (family === 4) setSocketOption(fd, IPPROTO_IP, IP_TOS, CLASS_SELECTOR_6)
    else setSocketOption(fd, IPPROTO_IPV6, IPV6_TCLASS, CLASS_SELECTOR_6)
    setSocketOption(fd, SOL_SOCKET, SO_PRIORITY, priority)
  }

  /** Connects, and waits until that is done: blocks the whole thread. Throws `NetHandlerError`. */
  connect(address: SocketAddress, bindAddress?: SocketAddress): number {
    return this.#genericConnect(address, bindAddress, false)
  }

  /** Begins to connect, and returns the non-blocking descriptor. `reconnect` tells when it is done. */
  nonblockConnect(address: SocketAddress, bindAddress?: SocketAddress): number {
    return this.#genericConnect(address, bindAddress, true)
  }

  /** How far a descriptor from `nonblockConnect` has come. Throws `NetHandlerError` if it cannot be connected. */
  reconnect(address: SocketAddress, fd: number): 'connected' | 'pending' {
    const result = connect(fd, address)
    if (result === 0 || result === -EISCONN) return 'connected'
    if (result === -EINPROGRESS || result === -EALREADY || result === -EAGAIN) return 'pending'
    throw new NetHandlerError(new PosixError('connect', -result), address)
  }

  /** A non-blocking socket that listens at exactly this address. Throws `NetHandlerError`. */
  listenAt(address: SocketAddress, backlog: number): number {
    return this.#withSocket(address, { reuseAddr: true }, (fd) => {
      this.setNonblock(fd)
      this.setSocketOptions(fd)
      bind(fd, address)
      listen(fd, backlog)
    })
  }

  /** Sets up a descriptor that accept has given, which is non-blocking already. Throws `PosixError`. */
  setAcceptedOptions(fd: number, family: 4 | 6): void {
    this.setSocketOptions(fd)
    this.setPriority(fd, this.#priority, family)
  }

  #genericConnect(address: SocketAddress, bindAddress: SocketAddress | undefined, isNonblocking: boolean): number {
    return this.#withSocket(address, {}, (fd) => {
      if (isNonblocking) this.setNonblock(fd)
      this.setSocketOptions(fd)
      if (this.#bindBeforeConnect && bindAddress !== undefined && !isBlank(bindAddress)) {
        bind(fd, { ...bindAddress, port: 0 })
      }
      const result = connect(fd, address)
      const isUnderWay = isNonblocking && (result === -EINPROGRESS || result === -EAGAIN)
      if (result < 0 && !isUnderWay) throw new PosixError('connect', -result)
      this.setPriority(fd, this.#priority, address.family)
    })
  }

  #withSocket(address: SocketAddress, options: { readonly reuseAddr?: boolean }, setUp: (fd: number) => void): number {
    try {
      const fd = this.createSocket(address.family, options)
      closeOnError(fd, () => {
        setUp(fd)
      })
      return fd
    } catch (error) {
      throw error instanceof PosixError ? new NetHandlerError(error, address) : error
    }
  }
}

/** Whether it stands for any address of the machine. To bind to that would only take a port too early. */
function isBlank({ address }: SocketAddress): boolean {
  return address === '0.0.0.0' || address === '::'
}

function closeOnError(fd: number, act: () => void): void {
  try {
    act()
  } catch (error) {
    close(fd)
    throw error
  }
}
