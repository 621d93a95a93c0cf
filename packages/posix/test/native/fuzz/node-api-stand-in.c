#include "node-api-stand-in.h"

#include "../../../native/shim.h"

#include <math.h>
#include <string.h>

struct call {
  struct value *const *args;
  size_t count;
  void *data;
};

struct function {
  const char *name;
  napi_callback callback;
  void *data;
};

static struct function functions[64];
static size_t function_count;
static struct value result_value;
static char result_text[256];
static bool exception_pending;
static struct value undefined_value = {.kind = UNDEFINED};
static struct function created;
static struct value handle_value;
static napi_finalize handle_finalizer;

static napi_value as_napi(struct value *value) {
  return (napi_value)(void *)value;
}

static struct value *as_value(napi_value value) {
  return value == NULL ? &undefined_value : (struct value *)(void *)value;
}

static void add_function(const char *name, napi_callback callback, void *data) {
  promise(function_count < sizeof functions / sizeof functions[0], "the stand-in has room for every function");
  functions[function_count++] = (struct function){.name = name, .callback = callback, .data = data};
}

napi_status napi_define_properties(napi_env env, napi_value object, size_t count,
                                   const napi_property_descriptor *properties) {
  (void)env;
  (void)object;
  for (size_t i = 0; i < count; i++) add_function(properties[i].utf8name, properties[i].method, properties[i].data);
  return napi_ok;
}

napi_status napi_create_function(napi_env env, const char *name, size_t length, napi_callback callback, void *data,
                                 napi_value *out) {
  (void)env;
  (void)length;
  created = (struct function){.name = name, .callback = callback, .data = data};
  *out = as_napi(&undefined_value);
  return napi_ok;
}

napi_status napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value value) {
  (void)env;
  (void)object;
  (void)value;
  if (created.callback != NULL) add_function(name, created.callback, created.data);
  created.callback = NULL;
  return napi_ok;
}

napi_status napi_get_cb_info(napi_env env, napi_callback_info info, size_t *count, napi_value *args, napi_value *this,
                             void **data) {
  (void)env;
  (void)this;
  const struct call *call = (const void *)info;
  size_t room = *count;
  if (args != NULL)
    for (size_t i = 0; i < room; i++) args[i] = as_napi(i < call->count ? call->args[i] : &undefined_value);
  *count = call->count;
  if (data != NULL) *data = call->data;
  return napi_ok;
}

/* As JavaScript takes a number for 32 bits: what is beyond is cut off; what is no number, 0. */
static uint32_t to_uint32(double number) {
  if (!isfinite(number)) return 0;
  double rest = fmod(trunc(number), 4294967296.0);
  return (uint32_t)(int64_t)rest;
}

napi_status napi_get_value_int32(napi_env env, napi_value value, int32_t *out) {
  (void)env;
  if (as_value(value)->kind != NUMBER) return napi_number_expected;
  *out = (int32_t)to_uint32(as_value(value)->number);
  return napi_ok;
}

napi_status napi_get_value_uint32(napi_env env, napi_value value, uint32_t *out) {
  (void)env;
  if (as_value(value)->kind != NUMBER) return napi_number_expected;
  *out = to_uint32(as_value(value)->number);
  return napi_ok;
}

/* Beyond 64 bits the nearest border is given; what is no number, 0. */
napi_status napi_get_value_int64(napi_env env, napi_value value, int64_t *out) {
  (void)env;
  double number = as_value(value)->number;
  if (as_value(value)->kind != NUMBER) return napi_number_expected;
  if (!isfinite(number)) *out = 0;
  else if (number >= 9223372036854775808.0) *out = INT64_MAX;
  else if (number <= -9223372036854775808.0) *out = INT64_MIN;
  else *out = (int64_t)number;
  return napi_ok;
}

napi_status napi_get_value_bool(napi_env env, napi_value value, bool *out) {
  (void)env;
  if (as_value(value)->kind != BOOLEAN) return napi_boolean_expected;
  *out = as_value(value)->boolean;
  return napi_ok;
}

napi_status napi_get_value_string_utf8(napi_env env, napi_value value, char *buffer, size_t size, size_t *length) {
  (void)env;
  if (as_value(value)->kind != STRING) return napi_string_expected;
  *length = strnlen(as_value(value)->text, size - 1);
  memcpy(buffer, as_value(value)->text, *length);
  buffer[*length] = 0;
  return napi_ok;
}

napi_status napi_get_typedarray_info(napi_env env, napi_value value, napi_typedarray_type *type, size_t *count,
                                     void **data, napi_value *buffer, size_t *offset) {
  (void)env;
  (void)buffer;
  (void)offset;
  const struct value *array = as_value(value);
  if (array->kind != BYTES && array->kind != INTS) return napi_invalid_arg;
  *type = array->kind == BYTES ? napi_uint8_array : napi_int32_array;
  *count = array->count;
  *data = array->memory;
  return napi_ok;
}

napi_status napi_create_external(napi_env env, void *data, napi_finalize finalizer, void *hint, napi_value *out) {
  (void)env;
  promise(hint == NULL && handle_finalizer == NULL, "one handle is made at a time");
  handle_finalizer = finalizer;
  handle_value = (struct value){.kind = HANDLE, .held = data};
  *out = as_napi(&handle_value);
  return napi_ok;
}

napi_status napi_get_value_external(napi_env env, napi_value value, void **out) {
  (void)env;
  if (as_value(value)->kind != HANDLE) return napi_invalid_arg;
  *out = as_value(value)->held;
  return napi_ok;
}

void stand_in_collect(void) {
  if (handle_finalizer != NULL) handle_finalizer(NULL, handle_value.held, NULL);
  handle_finalizer = NULL;
}

static napi_status give_number(double number, napi_value *out) {
  result_value = (struct value){.kind = NUMBER, .number = number};
  *out = as_napi(&result_value);
  return napi_ok;
}

napi_status napi_create_int32(napi_env env, int32_t number, napi_value *out) {
  (void)env;
  return give_number(number, out);
}

napi_status napi_create_uint32(napi_env env, uint32_t number, napi_value *out) {
  (void)env;
  return give_number(number, out);
}

napi_status napi_create_int64(napi_env env, int64_t number, napi_value *out) {
  (void)env;
  return give_number((double)number, out);
}

napi_status napi_create_string_utf8(napi_env env, const char *text, size_t length, napi_value *out) {
  (void)env;
  promise(length == NAPI_AUTO_LENGTH && strlen(text) < sizeof result_text, "texts are short and end in a zero");
  strcpy(result_text, text);
  result_value = (struct value){.kind = STRING, .text = result_text};
  *out = as_napi(&result_value);
  return napi_ok;
}

/* As of a thread where nothing else is held. */
napi_status napi_adjust_external_memory(napi_env env, int64_t change, int64_t *total) {
  (void)env;
  *total = change;
  return napi_ok;
}

napi_status napi_throw_type_error(napi_env env, const char *code, const char *text) {
  (void)env;
  (void)code;
  (void)text;
  promise(!exception_pending, "nothing is thrown while an exception is pending");
  exception_pending = true;
  return napi_ok;
}

napi_status napi_throw_error(napi_env env, const char *code, const char *text) {
  return napi_throw_type_error(env, code, text);
}

/* Watches and turns belong to libuv's loop, of which there is none here. */
napi_value posix_watch(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  return NULL;
}

napi_value posix_watch_close(napi_env env, napi_callback_info info) {
  return posix_watch(env, info);
}

napi_value posix_watch_set_ref(napi_env env, napi_callback_info info) {
  return posix_watch(env, info);
}

napi_value posix_event_loop_fd(napi_env env, napi_callback_info info) {
  return posix_watch(env, info);
}

napi_value posix_take_turns(napi_env env, napi_callback_info info) {
  return posix_watch(env, info);
}

napi_value posix_end_turns(napi_env env, napi_callback_info info) {
  return posix_watch(env, info);
}

napi_value napi_register_module_v1(napi_env env, napi_value exports);

void stand_in_load(void) {
  napi_register_module_v1(NULL, as_napi(&undefined_value));
  promise(!exception_pending && function_count > 30, "the module loads");
}

struct outcome stand_in_call(const char *name, struct value *const *args, size_t count) {
  const struct function *function = functions;
  while (function < functions + function_count && strcmp(function->name, name) != 0) function++;
  promise(function < functions + function_count, "the module has the function that is called");
  struct call call = {.args = args, .count = count, .data = function->data};
  exception_pending = false;
  napi_value result = function->callback(NULL, (napi_callback_info)(void *)&call);
  promise(!(exception_pending && result != NULL), "a function that throws returns nothing");
  return (struct outcome){.result = result == NULL ? NULL : as_value(result), .threw = exception_pending};
}
