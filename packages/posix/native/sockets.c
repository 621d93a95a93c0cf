/* Making sockets, setting them up and asking them about themselves. */

#include "shim.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Any address that a TCP socket may have. */
union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  struct sockaddr_storage space;
};

/* socket(domain, nonBlocking) */
napi_value posix_socket(napi_env env, napi_callback_info info) {
  napi_value args[2];
  int32_t domain;
  bool non_blocking;
  if (!read_args(env, info, args, 2) || !read_int(env, args[0], &domain) || !read_bool(env, args[1], &non_blocking))
    return NULL;

  int flags = SOCK_CLOEXEC | (non_blocking ? SOCK_NONBLOCK : 0);
  return result(env, socket(domain, SOCK_STREAM | flags, 0));
}

/*
 * Reads (fd, domain, port, scopeId, address). Returns the length of the address; 0 if its text is not one of that
 * domain; or a negative number with a TypeError pending.
 */
static int read_address(napi_env env, napi_callback_info info, int32_t *fd, union address *address) {
  napi_value args[5];
  int32_t domain, port, scope;
  char text[INET6_ADDRSTRLEN];
  size_t length;
  if (!read_args(env, info, args, 5) || !read_int(env, args[0], fd) || !read_int(env, args[1], &domain) ||
      !read_int(env, args[2], &port) || !read_int(env, args[3], &scope))
    return -1;
  if (napi_get_value_string_utf8(env, args[4], text, sizeof text, &length) != napi_ok) {
    throw_argument(env, "expected a string");
    return -1;
  }

  memset(address, 0, sizeof *address);
  if (domain == AF_INET && inet_pton(AF_INET, text, &address->v4.sin_addr) == 1) {
    address->v4.sin_family = AF_INET;
    address->v4.sin_port = htons((uint16_t)port);
    return sizeof address->v4;
  }
  if (domain == AF_INET6 && inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1) {
    address->v6.sin6_family = AF_INET6;
    address->v6.sin6_port = htons((uint16_t)port);
    address->v6.sin6_scope_id = (uint32_t)scope;
    return sizeof address->v6;
  }
  return 0;
}

/* bind(fd, domain, port, scopeId, address) */
napi_value posix_bind(napi_env env, napi_callback_info info) {
  int32_t fd;
  union address address;
  int length = read_address(env, info, &fd, &address);
  if (length < 0) return NULL;
  if (length == 0) return answer(env, -EINVAL);
  return result(env, bind(fd, &address.any, (socklen_t)length));
}

/* connect(fd, domain, port, scopeId, address). An interrupted connect goes on by itself, so it is not repeated. */
napi_value posix_connect(napi_env env, napi_callback_info info) {
  int32_t fd;
  union address address;
  int length = read_address(env, info, &fd, &address);
  if (length < 0) return NULL;
  if (length == 0) return answer(env, -EINVAL);
  return result(env, connect(fd, &address.any, (socklen_t)length));
}

/* listen(fd, backlog) */
napi_value posix_listen(napi_env env, napi_callback_info info) {
  int32_t arg[2];
  if (!read_ints(env, info, arg, 2)) return NULL;
  return result(env, listen(arg[0], arg[1]));
}

/* accept(fd): the new descriptor, close-on-exec and non-blocking. */
napi_value posix_accept(napi_env env, napi_callback_info info) {
  int32_t fd, accepted;
  if (!read_ints(env, info, &fd, 1)) return NULL;
  do accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  while (accepted < 0 && errno == EINTR);
  return result(env, accepted);
}

/* shutdown(fd, how) */
napi_value posix_shutdown(napi_env env, napi_callback_info info) {
  int32_t arg[2];
  if (!read_ints(env, info, arg, 2)) return NULL;
  return result(env, shutdown(arg[0], arg[1]));
}

/* setSocketOption(fd, level, name, value) */
napi_value posix_set_socket_option(napi_env env, napi_callback_info info) {
  int32_t arg[4];
  if (!read_ints(env, info, arg, 4)) return NULL;
  return result(env, setsockopt(arg[0], arg[1], arg[2], &arg[3], sizeof arg[3]));
}

/* getSocketOption(fd, level, name, out): the value in out[0]. */
napi_value posix_get_socket_option(napi_env env, napi_callback_info info) {
  napi_value args[4];
  int32_t fd, level, name, value = 0;
  struct ints out;
  if (!read_args(env, info, args, 4) || !read_int(env, args[0], &fd) || !read_int(env, args[1], &level) ||
      !read_int(env, args[2], &name) || !read_int_array(env, args[3], &out))
    return NULL;
  if (out.count < 1) return answer(env, REFUSED);

  socklen_t length = sizeof value;
  int status = getsockopt(fd, level, name, &value, &length);
  if (status == 0) out.data[0] = value;
  return result(env, status);
}

/* setLinger(fd, on, seconds) */
napi_value posix_set_linger(napi_env env, napi_callback_info info) {
  napi_value args[3];
  int32_t fd, seconds;
  bool on;
  if (!read_args(env, info, args, 3) || !read_int(env, args[0], &fd) || !read_bool(env, args[1], &on) ||
      !read_int(env, args[2], &seconds))
    return NULL;

  struct linger linger = {.l_onoff = on, .l_linger = seconds};
  return result(env, setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}

/* (fd, out): the address as text, with out = [domain, port, scope]; empty text for another domain. */
static napi_value name_answer(napi_env env, napi_callback_info info,
                              int (*ask)(int, struct sockaddr *restrict, socklen_t *restrict)) {
  napi_value args[2], text = NULL;
  int32_t fd;
  struct ints out;
  if (!read_args(env, info, args, 2) || !read_int(env, args[0], &fd) || !read_int_array(env, args[1], &out))
    return NULL;
  if (out.count < 3) return answer(env, REFUSED);

  union address address = {.any.sa_family = AF_UNSPEC};
  socklen_t length = sizeof address;
  if (ask(fd, &address.any, &length) < 0) return answer(env, -errno);

  char buffer[INET6_ADDRSTRLEN] = "";
  out.data[0] = address.any.sa_family;
  out.data[1] = out.data[2] = 0;
  if (address.any.sa_family == AF_INET) {
    inet_ntop(AF_INET, &address.v4.sin_addr, buffer, sizeof buffer);
    out.data[1] = ntohs(address.v4.sin_port);
  } else if (address.any.sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &address.v6.sin6_addr, buffer, sizeof buffer);
    out.data[1] = ntohs(address.v6.sin6_port);
    out.data[2] = (int32_t)address.v6.sin6_scope_id;
  }
  napi_create_string_utf8(env, buffer, NAPI_AUTO_LENGTH, &text);
  return text;
}

/*
 * C libraries differ in how they declare the address (glibc takes a transparent union under _GNU_SOURCE), hence these
 * two functions of one type.
 */
static int ask_sock_name(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  return getsockname(fd, address, length);
}

static int ask_peer_name(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  return getpeername(fd, address, length);
}

napi_value posix_get_sock_name(napi_env env, napi_callback_info info) {
  return name_answer(env, info, ask_sock_name);
}

napi_value posix_get_peer_name(napi_env env, napi_callback_info info) {
  return name_answer(env, info, ask_peer_name);
}

static int open_socket_pair(int *fds) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds);
}

/* socketPair(out): two connected sockets in out[0] and out[1]. */
napi_value posix_socket_pair(napi_env env, napi_callback_info info) {
  return make_two(env, info, open_socket_pair);
}
