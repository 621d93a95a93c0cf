/* Waiting for descriptors by select. */

#include "shim.h"

#include <sys/select.h>

/* Puts fds into the set. False, with the set in an undefined state, if one of them has no bit there. */
static bool fill(fd_set *set, const struct ints *fds, int *highest) {
  FD_ZERO(set);
  for (size_t i = 0; i < fds->count; i++) {
    int fd = fds->data[i];
    if (fd < 0 || fd >= FD_SETSIZE) return false;
    FD_SET(fd, set);
    if (fd > *highest) *highest = fd;
  }
  return true;
}

/* select(readFds, writeFds, out, timeoutMs): the number of pairs [fd, 1 readable | 2 writable] in out. */
napi_value posix_select(napi_env env, napi_callback_info info) {
  napi_value args[4];
  struct ints read_fds, write_fds, out;
  int32_t timeout_ms;
  if (!read_args(env, info, args, 4) || !read_int_array(env, args[0], &read_fds) ||
      !read_int_array(env, args[1], &write_fds) || !read_int_array(env, args[2], &out) ||
      !read_int(env, args[3], &timeout_ms))
    return NULL;

  fd_set readable, writable;
  int highest = -1;
  if (out.count < 2 || !fill(&readable, &read_fds, &highest) || !fill(&writable, &write_fds, &highest))
    return answer(env, REFUSED);

  struct timeval timeout = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
  int status = select(highest + 1, &readable, &writable, NULL, timeout_ms < 0 ? NULL : &timeout);
  if (status < 0) return result(env, status);

  size_t count = 0;
  for (int fd = 0; status > 0 && fd <= highest && count < out.count / 2; fd++) {
    int32_t ready = (FD_ISSET(fd, &readable) ? 1 : 0) | (FD_ISSET(fd, &writable) ? 2 : 0);
    if (ready == 0) continue;
    out.data[2 * count] = fd;
    out.data[2 * count + 1] = ready;
    count++;
  }
  return answer(env, (int64_t)count);
}
