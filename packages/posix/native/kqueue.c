/* Waiting for descriptors by kqueue, on macOS and the BSDs. Elsewhere there is nothing in this file. */

#include "shim.h"

#ifdef MSGR_KQUEUE

#include <sys/types.h> /* some systems want it before the next */

#include <fcntl.h>
#include <sys/event.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* The most events that one keventWait reports. */
enum { EVENTS_MAX = 1024 };

/* The two filters as JavaScript knows them: the kernel's own numbers, except on NetBSD, which counts from 0. */
enum { FILTER_READ = -1, FILTER_WRITE = -2 };

#ifndef __NetBSD__
_Static_assert(EVFILT_READ == FILTER_READ && EVFILT_WRITE == FILTER_WRITE, "src/kqueue.ts has other filters");
#endif
_Static_assert(EV_ADD == 0x0001 && EV_DELETE == 0x0002, "src/kqueue.ts has other actions");
_Static_assert(EV_ERROR == 0x4000 && EV_EOF == 0x8000, "src/kqueue.ts has other flags");

/* kqueue() */
napi_value posix_kqueue(napi_env env, napi_callback_info info) {
  (void)info;
  int kqueue_fd = kqueue();
  /* No child of fork inherits it. This is for processes that are started in other ways. */
  if (kqueue_fd >= 0 && fcntl(kqueue_fd, F_SETFD, FD_CLOEXEC) < 0) {
    int reason = errno;
    close(kqueue_fd);
    return answer(env, -reason);
  }
  return result(env, kqueue_fd);
}

/* keventChange(kqueueFd, fd, filter, flags): 0, or the negated errno. */
napi_value posix_kevent_change(napi_env env, napi_callback_info info) {
  int32_t arg[4];
  if (!read_ints(env, info, arg, 4)) return NULL;
  if (arg[2] != FILTER_READ && arg[2] != FILTER_WRITE) return answer(env, REFUSED);

  struct kevent change = {
      .ident = (uintptr_t)arg[1],
      .filter = arg[2] == FILTER_READ ? EVFILT_READ : EVFILT_WRITE,
      .flags = (uint16_t)arg[3],
  };
  int status = kevent(arg[0], &change, 1, NULL, 0, NULL);
  /* A signal interrupts a wait, and there is none here; where it is reported, the change has been made before. */
  return result(env, status < 0 && errno == EINTR ? 0 : status);
}

/* keventWait(kqueueFd, out, timeoutMs): the number of triples [fd, filter, flags] in out. */
napi_value posix_kevent_wait(napi_env env, napi_callback_info info) {
  napi_value args[3];
  int32_t kqueue_fd, timeout_ms;
  struct ints out;
  if (!read_args(env, info, args, 3) || !read_int(env, args[0], &kqueue_fd) || !read_int_array(env, args[1], &out) ||
      !read_int(env, args[2], &timeout_ms))
    return NULL;
  if (out.count < 3) return answer(env, REFUSED);

  struct kevent events[EVENTS_MAX];
  size_t room = out.count / 3;
  struct timespec timeout = {.tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000L};
  int count = kevent(kqueue_fd, NULL, 0, events, room < EVENTS_MAX ? (int)room : EVENTS_MAX,
                     timeout_ms < 0 ? NULL : &timeout);
  for (int i = 0; i < count; i++) {
    out.data[3 * i] = (int32_t)events[i].ident;
    out.data[3 * i + 1] = events[i].filter == EVFILT_READ ? FILTER_READ : FILTER_WRITE;
    out.data[3 * i + 2] = (int32_t)events[i].flags;
  }
  return result(env, count);
}

#endif
