/*
 * The event loop of a thread that waits elsewhere: what it waits for is a descriptor that can be waited for as well; and
 * takeTurns(callback) calls back once each time the loop comes round, with the time for which the loop would wait now.
 * The loop itself does not wait meanwhile.
 *
 * An idle handle keeps the loop from waiting. It rests while the callback runs, or the loop would have no time to tell.
 */

#include "loop-callback.h"

#include <math.h>

/* See loop-callback.c for why libuv's header is not used. */
struct uv_loop_s;
extern int uv_backend_fd(const struct uv_loop_s *loop);
extern int uv_backend_timeout(const struct uv_loop_s *loop);
extern int uv_idle_init(struct uv_loop_s *loop, void *idle);
extern int uv_idle_start(void *idle, void (*callback)(void *idle));
extern int uv_idle_stop(void *idle);
extern int uv_prepare_init(struct uv_loop_s *loop, void *prepare);
extern int uv_prepare_start(void *prepare, void (*callback)(void *prepare));
extern void *uv_handle_get_data(const void *handle);
enum { UV_IDLE = 6, UV_PREPARE = 9 };

/* The two handles of turns. */
enum { PREPARE, IDLE, HANDLES };

static void on_idle(void *idle) {
  (void)idle;
}

/* For how long the loop would wait now, in milliseconds. */
static double timeout_of(const struct uv_loop_s *loop) {
  int timeout = uv_backend_timeout(loop);
  return timeout < 0 ? INFINITY : timeout;
}

static void on_turn(void *prepare) {
  struct loop_callback *turns = uv_handle_get_data(prepare);
  struct uv_loop_s *loop;
  uv_idle_stop(turns->handles[IDLE]);
  if (napi_get_uv_event_loop(turns->env, &loop) == napi_ok) loop_callback_call(turns, timeout_of(loop));
  /* Closed handles are freed by the loop, later in this turn, and not by anything that is called here. */
  if (!turns->closing) uv_idle_start(turns->handles[IDLE], on_idle);
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
  struct uv_loop_s *loop;
  if (!read_args(env, info, &arg, 1) || !read_function(env, arg)) return NULL;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return answer(env, -ENOSYS);

  const int types[HANDLES] = {[PREPARE] = UV_PREPARE, [IDLE] = UV_IDLE};
  struct loop_callback *turns = loop_callback_create(env, TURNS_HANDLE, types, HANDLES);
  if (turns == NULL) return answer(env, -ENOMEM);
  /* Neither of these can fail, nor can they be started in vain. */
  uv_prepare_init(loop, turns->handles[PREPARE]);
  uv_idle_init(loop, turns->handles[IDLE]);
  if (!loop_callback_attach(turns, arg, "MSGRTURNS", &handle)) {
    loop_callback_stop(turns);
    napi_throw_error(env, "ERR_POSIX_TURNS", "takeTurns: the environment is ending");
    return NULL;
  }
  uv_prepare_start(turns->handles[PREPARE], on_turn);
  uv_idle_start(turns->handles[IDLE], on_idle);
  return handle;
}

/* endTurns(handle) */
napi_value posix_end_turns(napi_env env, napi_callback_info info) {
  napi_value arg;
  struct loop_callback *turns;
  if (read_args(env, info, &arg, 1) && (turns = read_handle(env, arg, TURNS_HANDLE)) != NULL) loop_callback_stop(turns);
  return NULL;
}
