/* watch(fd, callback): the event loop of Node waits for a descriptor. */

#include "loop-callback.h"

/* See loop-callback.c for why libuv's header is not used. */
struct uv_loop_s;
extern int uv_poll_init(struct uv_loop_s *loop, void *poll, int fd);
extern int uv_poll_start(void *poll, int events, void (*callback)(void *poll, int status, int events));
extern void *uv_handle_get_data(const void *handle);
extern void uv_ref(void *handle);
extern void uv_unref(void *handle);
enum { UV_POLL = 8, UV_READABLE = 1 };

static void on_ready(void *poll, int status, int events) {
  (void)events;
  loop_callback_call(uv_handle_get_data(poll), status);
}

/* watch(fd, callback): a handle, or the negated errno. */
napi_value posix_watch(napi_env env, napi_callback_info info) {
  napi_value args[2], handle;
  int32_t fd;
  struct uv_loop_s *loop;
  if (!read_args(env, info, args, 2) || !read_int(env, args[0], &fd) || !read_function(env, args[1])) return NULL;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return answer(env, -ENOSYS);

  struct loop_callback *watch = loop_callback_create(env, WATCH_HANDLE, (const int[]){UV_POLL}, 1);
  if (watch == NULL) return answer(env, -ENOMEM);
  void *poll = watch->handles[0];
  int status = uv_poll_init(loop, poll, fd);
  if (status < 0) {
    loop_callback_leave(watch);
    return answer(env, status);
  }
  status = uv_poll_start(poll, UV_READABLE, on_ready);
  if (status == 0 && loop_callback_attach(watch, args[1], "MSGRWATCH", &handle)) return handle;
  loop_callback_stop(watch);
  if (status < 0) return answer(env, status);
  napi_throw_error(env, "ERR_POSIX_WATCH", "watch: the environment is ending");
  return NULL;
}

/* watchClose(handle) */
napi_value posix_watch_close(napi_env env, napi_callback_info info) {
  napi_value arg;
  struct loop_callback *watch;
  if (read_args(env, info, &arg, 1) && (watch = read_handle(env, arg, WATCH_HANDLE)) != NULL) loop_callback_stop(watch);
  return NULL;
}

/* watchSetRef(handle, on) */
napi_value posix_watch_set_ref(napi_env env, napi_callback_info info) {
  napi_value args[2];
  struct loop_callback *watch;
  bool on;
  if (!read_args(env, info, args, 2) || (watch = read_handle(env, args[0], WATCH_HANDLE)) == NULL ||
      !read_bool(env, args[1], &on))
    return NULL;
  /* A closed one has no handle any more. */
  if (watch->closing) return NULL;
  if (on)
    uv_ref(watch->handles[0]);
  else
    uv_unref(watch->handles[0]);
  return NULL;
}
