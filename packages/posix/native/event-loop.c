/*
 * The event loop of a thread that waits elsewhere: what it waits for is a descriptor that can be waited for as well; and
 * takeTurns(callback) calls back once each time the loop comes round, with the time for which the loop would wait now.
 * The loop itself does not wait meanwhile.
 *
 * An idle handle keeps the loop from waiting. It rests while the callback runs, or the loop would have no time to tell.
 * Turns have two owners, and the last to leave frees them: libuv, until both its handles are closed; and the JavaScript
 * handle, until it is collected. A handle that nobody keeps does not end its turns. See watch.c, which is the same for a
 * descriptor, and for why libuv's header is not used.
 */

#include "shim.h"

#include <math.h>
#include <stdlib.h>

struct uv_loop_s;
extern int uv_backend_fd(const struct uv_loop_s *loop);
extern int uv_backend_timeout(const struct uv_loop_s *loop);
extern size_t uv_handle_size(int type);
extern void uv_close(void *handle, void (*callback)(void *handle));
extern int uv_idle_init(struct uv_loop_s *loop, void *idle);
extern int uv_idle_start(void *idle, void (*callback)(void *idle));
extern int uv_idle_stop(void *idle);
extern int uv_prepare_init(struct uv_loop_s *loop, void *prepare);
extern int uv_prepare_start(void *prepare, void (*callback)(void *prepare));
extern void *uv_handle_get_data(const void *handle);
extern void uv_handle_set_data(void *handle, void *data);
enum { UV_IDLE = 6, UV_PREPARE = 9 };

struct turns {
  enum handle_kind kind;
  napi_env env;
  struct uv_loop_s *loop;
  napi_ref callback;
  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
  void *prepare; /* libuv's uv_prepare_t */
  void *idle;    /* libuv's uv_idle_t */
  int open_handles;
  int owners;
  bool closing;
};

static void leave(struct turns *turns) {
  if (--turns->owners > 0) return;
  free(turns->prepare);
  free(turns->idle);
  free(turns);
}

static void on_closed(void *handle) {
  struct turns *turns = uv_handle_get_data(handle);
  if (--turns->open_handles > 0) return;
  if (turns->callback != NULL) napi_delete_reference(turns->env, turns->callback);
  if (turns->context != NULL) napi_async_destroy(turns->env, turns->context);
  /* The environment may end now, if it has been waiting for this. */
  if (turns->cleanup != NULL) napi_remove_async_cleanup_hook(turns->cleanup);
  leave(turns);
}

/*
 * What the callback lives on goes later, in on_closed: this may be called from inside it. libuv closes both handles in
 * the same turn of the loop, and calls back for the one as for the other.
 */
static void stop(struct turns *turns) {
  if (turns->closing) return;
  turns->closing = true;
  uv_close(turns->prepare, on_closed);
  uv_close(turns->idle, on_closed);
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

static void on_idle(void *idle) {
  (void)idle;
}

/* For how long the loop would wait now, in milliseconds. */
static double timeout_of(const struct uv_loop_s *loop) {
  int timeout = uv_backend_timeout(loop);
  return timeout < 0 ? INFINITY : timeout;
}

static void call_back(struct turns *turns) {
  napi_env env = turns->env;
  napi_handle_scope scope;
  napi_value callback, global, timeout, error;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  if (napi_get_reference_value(env, turns->callback, &callback) == napi_ok &&
      napi_get_global(env, &global) == napi_ok &&
      napi_create_double(env, timeout_of(turns->loop), &timeout) == napi_ok &&
      napi_make_callback(env, turns->context, global, callback, 1, &timeout, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    /* Has no effect in a worker that is being terminated: the exception is only the sign of that. */
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}

static void on_turn(void *prepare) {
  struct turns *turns = uv_handle_get_data(prepare);
  uv_idle_stop(turns->idle);
  call_back(turns);
  /* Closed handles are freed by the loop, later in this turn, and not by anything that is called here. */
  if (!turns->closing) uv_idle_start(turns->idle, on_idle);
}

/* What the turns need of the environment. False, with an exception pending, if they cannot have it. */
static bool attach(struct turns *turns, napi_value callback, napi_value *handle) {
  napi_env env = turns->env;
  napi_value name;
  if (napi_create_reference(env, callback, 1, &turns->callback) == napi_ok &&
      napi_create_string_utf8(env, "MSGRTURNS", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_async_init(env, NULL, name, &turns->context) == napi_ok &&
      napi_add_async_cleanup_hook(env, on_environment_ends, turns, &turns->cleanup) == napi_ok &&
      napi_create_external(env, turns, on_handle_collected, NULL, handle) == napi_ok) {
    turns->owners++;
    return true;
  }
  napi_throw_error(env, "ERR_POSIX_TURNS", "takeTurns: the environment is ending");
  return false;
}

/* eventLoopFd(): the loop's own descriptor, or a negated errno. */
napi_value posix_event_loop_fd(napi_env env, napi_callback_info info) {
  (void)info;
  struct uv_loop_s *loop;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return answer(env, -ENOSYS);
  return answer(env, uv_backend_fd(loop));
}

/* takeTurns(callback): a handle, or the negated errno. */
napi_value posix_take_turns(napi_env env, napi_callback_info info) {
  napi_value arg, handle;
  napi_valuetype type;
  struct uv_loop_s *loop;
  if (!read_args(env, info, &arg, 1)) return NULL;
  if (napi_typeof(env, arg, &type) != napi_ok || type != napi_function)
    return throw_argument(env, "expected a function");
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return answer(env, -ENOSYS);

  struct turns *turns = calloc(1, sizeof *turns);
  if (turns == NULL) return answer(env, -ENOMEM);
  turns->kind = TURNS_HANDLE;
  turns->env = env;
  turns->loop = loop;
  turns->owners = 1;
  turns->prepare = calloc(1, uv_handle_size(UV_PREPARE));
  turns->idle = calloc(1, uv_handle_size(UV_IDLE));
  if (turns->prepare == NULL || turns->idle == NULL) {
    leave(turns);
    return answer(env, -ENOMEM);
  }
  /* Neither of these can fail, nor can they be started in vain. */
  uv_prepare_init(loop, turns->prepare);
  uv_idle_init(loop, turns->idle);
  turns->open_handles = 2;
  uv_handle_set_data(turns->prepare, turns);
  uv_handle_set_data(turns->idle, turns);
  if (!attach(turns, arg, &handle)) {
    stop(turns);
    return NULL;
  }
  uv_prepare_start(turns->prepare, on_turn);
  uv_idle_start(turns->idle, on_idle);
  return handle;
}

/* endTurns(handle) */
napi_value posix_end_turns(napi_env env, napi_callback_info info) {
  napi_value arg;
  struct turns *turns;
  if (read_args(env, info, &arg, 1) && (turns = read_handle(env, arg, TURNS_HANDLE)) != NULL) stop(turns);
  return NULL;
}
