/*
 * watch(fd, callback): the event loop of Node waits for a descriptor.
 *
 * A watch has two owners, and the last to leave frees it: libuv, from uv_poll_init until the callback of uv_close has
 * run; and the JavaScript handle, until it is collected. A handle that nobody keeps does not end its watch.
 *
 *     watch() ──> polling ── stop ──> closing ── on_closed ──> libuv has left
 *                   stop: watchClose(), or the environment's end (a worker that ends, with its loop still running)
 */

#include "shim.h"

#include <stdlib.h>

/*
 * The part of libuv's stable interface that is used here. Its header is no part of Node-API's, and need not be
 * installed; the numbers belong to version 1's binary interface.
 */
struct uv_loop_s;
extern size_t uv_handle_size(int type);
extern int uv_poll_init(struct uv_loop_s *loop, void *handle, int fd);
extern int uv_poll_start(void *handle, int events, void (*callback)(void *handle, int status, int events));
extern void uv_close(void *handle, void (*callback)(void *handle));
extern void uv_ref(void *handle);
extern void uv_unref(void *handle);
enum { UV_POLL = 8, UV_READABLE = 1 };

struct watch {
  enum handle_kind kind;
  napi_env env;
  napi_ref callback;
  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
  int owners;
  bool closing;
  max_align_t poll[]; /* libuv's uv_poll_t */
};

static struct watch *watch_of(void *poll) {
  return (struct watch *)((char *)poll - offsetof(struct watch, poll));
}

static void leave(struct watch *watch) {
  if (--watch->owners == 0) free(watch);
}

static void on_closed(void *poll) {
  struct watch *watch = watch_of(poll);
  if (watch->callback != NULL) napi_delete_reference(watch->env, watch->callback);
  if (watch->context != NULL) napi_async_destroy(watch->env, watch->context);
  /* The environment may end now, if it has been waiting for this. */
  if (watch->cleanup != NULL) napi_remove_async_cleanup_hook(watch->cleanup);
  leave(watch);
}

/*
 * libuv drops events that are due already, so that after this no callback comes. What the callback lives on goes
 * later, in on_closed: this may be called from inside it.
 */
static void stop(struct watch *watch) {
  if (watch->closing) return;
  watch->closing = true;
  uv_close(watch->poll, on_closed);
}

static void on_environment_ends(napi_async_cleanup_hook_handle cleanup, void *data) {
  (void)cleanup;
  stop(data);
}

static void on_handle_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  leave(data);
}

static void on_ready(void *poll, int status, int events) {
  (void)events;
  struct watch *watch = watch_of(poll);
  napi_env env = watch->env;
  napi_handle_scope scope;
  napi_value callback, global, argument, error;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  if (napi_get_reference_value(env, watch->callback, &callback) == napi_ok &&
      napi_get_global(env, &global) == napi_ok && napi_create_int32(env, status, &argument) == napi_ok &&
      napi_make_callback(env, watch->context, global, callback, 1, &argument, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    /* Has no effect in a worker that is being terminated: the exception is only the sign of that. */
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}

/* What the watch needs of the environment. False, with an exception pending, if it cannot have it. */
static bool attach(struct watch *watch, napi_value callback, napi_value *handle) {
  napi_env env = watch->env;
  napi_value name;
  if (napi_create_reference(env, callback, 1, &watch->callback) == napi_ok &&
      napi_create_string_utf8(env, "MSGRWATCH", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_async_init(env, NULL, name, &watch->context) == napi_ok &&
      napi_add_async_cleanup_hook(env, on_environment_ends, watch, &watch->cleanup) == napi_ok &&
      napi_create_external(env, watch, on_handle_collected, NULL, handle) == napi_ok) {
    watch->owners++;
    return true;
  }
  napi_throw_error(env, "ERR_POSIX_WATCH", "watch: the environment is ending");
  return false;
}

/* watch(fd, callback): a handle, or the negated errno. */
napi_value posix_watch(napi_env env, napi_callback_info info) {
  napi_value args[2], handle;
  int32_t fd;
  napi_valuetype type;
  struct uv_loop_s *loop;
  if (!read_args(env, info, args, 2) || !read_int(env, args[0], &fd)) return NULL;
  if (napi_typeof(env, args[1], &type) != napi_ok || type != napi_function)
    return throw_argument(env, "expected a function");
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return answer(env, -ENOSYS);

  struct watch *watch = calloc(1, sizeof *watch + uv_handle_size(UV_POLL));
  if (watch == NULL) return answer(env, -ENOMEM);
  watch->kind = WATCH_HANDLE;
  watch->env = env;
  watch->owners = 1;
  int status = uv_poll_init(loop, watch->poll, fd);
  if (status < 0) {
    free(watch);
    return answer(env, status);
  }
  status = uv_poll_start(watch->poll, UV_READABLE, on_ready);
  if (status == 0 && attach(watch, args[1], &handle)) return handle;
  stop(watch);
  return answer(env, status);
}

/* watchClose(handle) */
napi_value posix_watch_close(napi_env env, napi_callback_info info) {
  napi_value arg;
  struct watch *watch;
  if (read_args(env, info, &arg, 1) && (watch = read_handle(env, arg, WATCH_HANDLE)) != NULL) stop(watch);
  return NULL;
}

/* watchSetRef(handle, on) */
napi_value posix_watch_set_ref(napi_env env, napi_callback_info info) {
  napi_value args[2];
  struct watch *watch;
  bool on;
  if (!read_args(env, info, args, 2) || (watch = read_handle(env, args[0], WATCH_HANDLE)) == NULL || !read_bool(env, args[1], &on))
    return NULL;
  if (watch->closing) return NULL;
  if (on)
    uv_ref(watch->poll);
  else
    uv_unref(watch->poll);
  return NULL;
}
