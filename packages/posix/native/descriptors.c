/* Descriptors of any kind: pipes, reading and writing, closing. */

#include "shim.h"

#include <fcntl.h>
#include <unistd.h>

/* close(fd) */
napi_value posix_close(napi_env env, napi_callback_info info) {
  int32_t fd;
  if (!read_ints(env, info, &fd, 1)) return NULL;
  return result(env, close(fd));
}

/* dup(fd, lowest): close-on-exec. */
napi_value posix_dup(napi_env env, napi_callback_info info) {
  int32_t arg[2];
  if (!read_ints(env, info, arg, 2)) return NULL;
  return result(env, fcntl(arg[0], F_DUPFD_CLOEXEC, arg[1]));
}

/* setNonBlocking(fd, on) */
napi_value posix_set_non_blocking(napi_env env, napi_callback_info info) {
  napi_value args[2];
  int32_t fd;
  bool on;
  if (!read_args(env, info, args, 2) || !read_int(env, args[0], &fd) || !read_bool(env, args[1], &on)) return NULL;

  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return result(env, flags);
  return result(env, fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

/* isNonBlocking(fd): 0 or 1. */
napi_value posix_is_non_blocking(napi_env env, napi_callback_info info) {
  int32_t fd;
  if (!read_ints(env, info, &fd, 1)) return NULL;
  int flags = fcntl(fd, F_GETFL);
  return result(env, flags < 0 ? flags : (flags & O_NONBLOCK) != 0);
}

#ifdef __APPLE__
/* There is no pipe2. A process that another thread starts in between has the pipe as well. */
static int open_pipe(int *fds) {
  if (pipe(fds) < 0) return -1;
  for (int i = 0; i < 2; i++) {
    if (fcntl(fds[i], F_SETFD, FD_CLOEXEC) == 0 && fcntl(fds[i], F_SETFL, O_NONBLOCK) == 0) continue;
    int reason = errno;
    close(fds[0]);
    close(fds[1]);
    errno = reason;
    return -1;
  }
  return 0;
}
#else
static int open_pipe(int *fds) {
  return pipe2(fds, O_CLOEXEC | O_NONBLOCK);
}
#endif

/* pipe(out): the end to read from in out[0], the end to write to in out[1]. */
napi_value posix_pipe(napi_env env, napi_callback_info info) {
  return make_two(env, info, open_pipe);
}

static ssize_t read_into(const struct range *to) {
  return read(to->fd, to->data, to->length);
}

/* read(fd, buffer, offset, length) */
napi_value posix_read(napi_env env, napi_callback_info info) {
  return move_range(env, info, read_into);
}

static ssize_t write_from(const struct range *from) {
  return write(from->fd, from->data, from->length);
}

/* write(fd, buffer, offset, length) */
napi_value posix_write(napi_env env, napi_callback_info info) {
  return move_range(env, info, write_from);
}
