/* The life of a function that the event loop calls. */

#include "loop-callback.h"

#include <stdlib.h>

/*
 * The part of libuv's stable interface that is used for every kind of handle. Its header is no part of Node-API's, and
 * need not be installed; the numbers of the kinds belong to version 1's binary interface.
 */
extern size_t uv_handle_size(int type);
extern void uv_close(void *handle, void (*callback)(void *handle));
extern void *uv_handle_get_data(const void *handle);
extern void uv_handle_set_data(void *handle, void *data);

struct loop_callback *loop_callback_create(napi_env env, enum handle_kind kind, const int *types, int count) {
  struct loop_callback *self = calloc(1, sizeof *self);
  if (self == NULL) return NULL;
  self->kind = kind;
  self->env = env;
  self->owners = 1;
  for (; self->open_handles < count; self->open_handles++) {
    void *handle = calloc(1, uv_handle_size(types[self->open_handles]));
    if (handle == NULL) {
      loop_callback_leave(self);
      return NULL;
    }
    uv_handle_set_data(handle, self);
    self->handles[self->open_handles] = handle;
  }
  return self;
}

void loop_callback_leave(struct loop_callback *self) {
  if (--self->owners > 0) return;
  for (int i = 0; i < LOOP_CALLBACK_HANDLES_MAX; i++) free(self->handles[i]);
  free(self);
}

/* libuv closes all handles in the same turn of the loop, and calls this for each. */
static void on_closed(void *handle) {
  struct loop_callback *self = uv_handle_get_data(handle);
  if (--self->open_handles > 0) return;
  if (self->function != NULL) napi_delete_reference(self->env, self->function);
  if (self->context != NULL) napi_async_destroy(self->env, self->context);
  /* The environment may end now, if it has been waiting for this. */
  if (self->cleanup != NULL) napi_remove_async_cleanup_hook(self->cleanup);
  loop_callback_leave(self);
}

void loop_callback_stop(struct loop_callback *self) {
  if (self->closing) return;
  self->closing = true;
  for (int i = 0; i < self->open_handles; i++) uv_close(self->handles[i], on_closed);
}

static void on_environment_ends(napi_async_cleanup_hook_handle cleanup, void *data) {
  (void)cleanup;
  loop_callback_stop(data);
}

static void on_handle_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  loop_callback_leave(data);
}

bool loop_callback_attach(struct loop_callback *self, napi_value function, const char *name, napi_value *handle) {
  napi_env env = self->env;
  napi_value resource_name;
  if (napi_create_reference(env, function, 1, &self->function) != napi_ok ||
      napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &resource_name) != napi_ok ||
      napi_async_init(env, NULL, resource_name, &self->context) != napi_ok ||
      napi_add_async_cleanup_hook(env, on_environment_ends, self, &self->cleanup) != napi_ok ||
      napi_create_external(env, self, on_handle_collected, NULL, handle) != napi_ok)
    return false;
  self->owners++;
  return true;
}

void loop_callback_call(struct loop_callback *self, double argument) {
  napi_env env = self->env;
  napi_handle_scope scope;
  napi_value function, global, number, error;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  if (napi_get_reference_value(env, self->function, &function) == napi_ok &&
      napi_get_global(env, &global) == napi_ok && napi_create_double(env, argument, &number) == napi_ok &&
      napi_make_callback(env, self->context, global, function, 1, &number, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    /* Has no effect in a worker that is being terminated: the exception is only the sign of that. */
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}
