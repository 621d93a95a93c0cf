/*
 * The event loop of the calling thread, for a thread that waits elsewhere: what it waits for is a descriptor that can
 * be waited for as well, and it knows until when.
 */

#include "shim.h"

/* See watch.c for why libuv's own header is not used. */
struct uv_loop_s;
extern int uv_backend_fd(const struct uv_loop_s *loop);
extern int uv_backend_timeout(const struct uv_loop_s *loop);

/* eventLoopFd(): the loop's own descriptor, or a negated errno. */
napi_value posix_event_loop_fd(napi_env env, napi_callback_info info) {
  (void)info;
  struct uv_loop_s *loop;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return answer(env, -ENOSYS);
  return answer(env, uv_backend_fd(loop));
}

/* eventLoopTimeout(): milliseconds; -1 for no end, 0 if there is something to do. */
napi_value posix_event_loop_timeout(napi_env env, napi_callback_info info) {
  (void)info;
  struct uv_loop_s *loop;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return answer(env, 0);
  return answer(env, uv_backend_timeout(loop));
}
