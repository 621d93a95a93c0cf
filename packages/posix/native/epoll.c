/* Waiting for descriptors by epoll; and eventfd, which wakes one who waits. */

#include "shim.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* The most events that one epollWait reports. */
enum { EVENTS_MAX = 1024 };

/* epollCreate() */
napi_value posix_epoll_create(napi_env env, napi_callback_info info) {
  (void)info;
  return result(env, epoll_create1(EPOLL_CLOEXEC));
}

/* epollCtl(epfd, op, fd, events): 0, or the negated errno. */
napi_value posix_epoll_ctl(napi_env env, napi_callback_info info) {
  int32_t arg[4];
  if (!read_ints(env, info, arg, 4)) return NULL;

  struct epoll_event event = {.events = (uint32_t)arg[3], .data.fd = arg[2]};
  return result(env, epoll_ctl(arg[0], arg[1], arg[2], &event));
}

/* epollWait(epfd, out, timeoutMs): the number of pairs [fd, events] in out. */
napi_value posix_epoll_wait(napi_env env, napi_callback_info info) {
  napi_value args[3];
  int32_t epfd, timeout_ms;
  struct ints out;
  if (!read_args(env, info, args, 3) || !read_int(env, args[0], &epfd) || !read_int_array(env, args[1], &out) ||
      !read_int(env, args[2], &timeout_ms))
    return NULL;
  if (out.count < 2) return answer(env, REFUSED);

  struct epoll_event events[EVENTS_MAX];
  size_t room = out.count / 2;
  int count = epoll_wait(epfd, events, room < EVENTS_MAX ? (int)room : EVENTS_MAX, timeout_ms);
  for (int i = 0; i < count; i++) {
    out.data[2 * i] = events[i].data.fd;
    out.data[2 * i + 1] = (int32_t)events[i].events;
  }
  return result(env, count);
}

/* eventfd() */
napi_value posix_eventfd(napi_env env, napi_callback_info info) {
  (void)info;
  return result(env, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

/* eventfdWrite(fd, count): 0, or the negated errno. */
napi_value posix_eventfd_write(napi_env env, napi_callback_info info) {
  napi_value args[2];
  int32_t fd;
  int64_t number;
  if (!read_args(env, info, args, 2) || !read_int(env, args[0], &fd) || !read_long(env, args[1], &number))
    return NULL;
  if (number < 1 || number > UINT32_MAX) return answer(env, REFUSED);

  uint64_t count = (uint64_t)number;
  ssize_t status;
  do status = write(fd, &count, sizeof count);
  while (status < 0 && errno == EINTR);
  return result(env, status < 0 ? status : 0);
}

/* eventfdRead(fd): the count that was there, or the negated errno. */
napi_value posix_eventfd_read(napi_env env, napi_callback_info info) {
  int32_t fd;
  if (!read_ints(env, info, &fd, 1)) return NULL;

  uint64_t count = 0;
  ssize_t status;
  do status = read(fd, &count, sizeof count);
  while (status < 0 && errno == EINTR);
  return result(env, status < 0 ? status : (int64_t)(count & INT64_MAX));
}
