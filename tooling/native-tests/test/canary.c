/* One defect of each kind that the sanitizers are run for, to see that they are awake. */

#include <stdlib.h>

#include <node_api.h>

static napi_value overflow(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  char *volatile bytes = malloc(4);
  volatile char past = bytes[4];
  (void)past;
  free(bytes);
  return NULL;
}

static napi_value leak(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  char *volatile bytes = malloc(1000);
  bytes[0] = 1;
  bytes = NULL;
  return NULL;
}

static napi_value undefined(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  volatile int by = 40;
  volatile int shifted = 1 << by;
  (void)shifted;
  return NULL;
}

/* To be called by two threads at once. */
static napi_value race(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  static volatile int shared;
  shared++;
  return NULL;
}

NAPI_MODULE_INIT(/* env, exports */) {
  static const napi_property_descriptor functions[] = {
      {.utf8name = "overflow", .method = overflow},
      {.utf8name = "leak", .method = leak},
      {.utf8name = "undefined", .method = undefined},
      {.utf8name = "race", .method = race},
  };
  napi_define_properties(env, exports, 4, functions);
  return exports;
}
