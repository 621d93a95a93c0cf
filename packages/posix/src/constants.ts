import { constants } from 'node:os'

const { errno } = constants

// Numbers of the Linux ABI, equal on every architecture that Node is built for here (x64, arm64, riscv64, ppc64,
// s390x). They are written down instead of asked of the binary, so that a module may name EPOLLIN on a system
// without it. The build test compiles every one of them against the system's own headers.

export const AF_UNIX = 1
export const AF_INET = 2
export const AF_INET6 = 10

export const SHUT_RD = 0
export const SHUT_WR = 1
export const SHUT_RDWR = 2

export const SOL_SOCKET = 1
export const SO_REUSEADDR = 2
export const SO_TYPE = 3
export const SO_ERROR = 4
export const SO_SNDBUF = 7
export const SO_RCVBUF = 8
export const SO_KEEPALIVE = 9
export const SO_PRIORITY = 12
export const SO_REUSEPORT = 15
export const SO_ACCEPTCONN = 30
export const SO_DOMAIN = 39
export const SO_BUSY_POLL = 46
export const SO_INCOMING_CPU = 49

export const IPPROTO_IP = 0
export const IP_TOS = 1

export const IPPROTO_IPV6 = 41
export const IPV6_V6ONLY = 26
export const IPV6_TCLASS = 67

export const IPPROTO_TCP = 6
export const TCP_NODELAY = 1
export const TCP_MAXSEG = 2
export const TCP_CORK = 3
export const TCP_KEEPIDLE = 4
export const TCP_KEEPINTVL = 5
export const TCP_KEEPCNT = 6
export const TCP_QUICKACK = 12
export const TCP_USER_TIMEOUT = 18
export const TCP_NOTSENT_LOWAT = 25

export const EPOLL_CTL_ADD = 1
export const EPOLL_CTL_DEL = 2
export const EPOLL_CTL_MOD = 3

export const EPOLLIN = 0x001
export const EPOLLPRI = 0x002
export const EPOLLOUT = 0x004
export const EPOLLERR = 0x008
export const EPOLLHUP = 0x010
export const EPOLLRDHUP = 0x2000
export const EPOLLEXCLUSIVE = 0x1000_0000
export const EPOLLONESHOT = 0x4000_0000
/** Edge triggering. The sign bit: negative, as every result of JavaScript's bit operators is that has it set. */
export const EPOLLET = -0x8000_0000

/** The first descriptor that `select` refuses. */
export const FD_SETSIZE = 1024
/** The most buffers that one sendmsg(2) takes. */
export const IOV_MAX = 1024

// As Node knows them: the systems that have kqueue number them in another way.
export const EPERM: number = errno.EPERM
export const ENOENT: number = errno.ENOENT
export const EINTR: number = errno.EINTR
export const EBADF: number = errno.EBADF
export const EAGAIN: number = errno.EAGAIN
export const ENOMEM: number = errno.ENOMEM
export const EACCES: number = errno.EACCES
export const EEXIST: number = errno.EEXIST
export const EINVAL: number = errno.EINVAL
export const ENFILE: number = errno.ENFILE
export const EMFILE: number = errno.EMFILE
export const EPIPE: number = errno.EPIPE
export const ENOSYS: number = errno.ENOSYS
export const EBADMSG: number = errno.EBADMSG
export const EADDRINUSE: number = errno.EADDRINUSE
export const EADDRNOTAVAIL: number = errno.EADDRNOTAVAIL
export const ENETUNREACH: number = errno.ENETUNREACH
export const ECONNABORTED: number = errno.ECONNABORTED
export const ECONNRESET: number = errno.ECONNRESET
export const EISCONN: number = errno.EISCONN
export const ENOTCONN: number = errno.ENOTCONN
export const ETIMEDOUT: number = errno.ETIMEDOUT
export const ECONNREFUSED: number = errno.ECONNREFUSED
export const EHOSTUNREACH: number = errno.EHOSTUNREACH
export const EALREADY: number = errno.EALREADY
export const EINPROGRESS: number = errno.EINPROGRESS
