/* crc32c as a function of the module, and the choice between its implementations. */

#include "crc32c.h"
#include "shim.h"

/* crc32c(bytes, seed, start, end): the crc; undefined if the range is not inside. The call's data says how. */
static napi_value posix_crc32c(napi_env env, napi_callback_info info) {
  napi_value args[4];
  size_t count = 4;
  void *implementation;
  struct bytes bytes;
  uint32_t seed;
  int64_t start, end;
  if (napi_get_cb_info(env, info, &count, args, NULL, &implementation) != napi_ok || !read_bytes(env, args[0], &bytes))
    return NULL;
  if (napi_get_value_uint32(env, args[1], &seed) != napi_ok) return throw_argument(env, "expected an integer");
  if (!read_long(env, args[2], &start) || !read_long(env, args[3], &end)) return NULL;

  /* No number can say "refused" here: each of them is a possible crc. */
  if (start < 0 || start > end || (uint64_t)end > bytes.size) return NULL;

  crc32c_function crc32c = ((const struct crc32c_implementation *)implementation)->function;
  napi_value crc = NULL;
  napi_create_uint32(env, crc32c(seed, bytes.data + start, (size_t)(end - start)), &crc);
  return crc;
}

/* Choosing it once keeps the question to the processor, which is slow in a virtual machine, out of the calls. */
static bool define(napi_env env, napi_value exports, const char *name,
                   const struct crc32c_implementation *implementation) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, posix_crc32c, (void *)implementation, &function) ==
             napi_ok &&
         napi_set_named_property(env, exports, name, function) == napi_ok;
}

/* False if the environment is ending. */
bool posix_define_crc32c(napi_env env, napi_value exports) {
  const struct crc32c_implementation *fastest = crc32c_fastest();
  napi_value name;
  return define(env, exports, "crc32c", fastest) && define(env, exports, "crc32cPortable", &crc32c_portable) &&
         napi_create_string_utf8(env, fastest->name, NAPI_AUTO_LENGTH, &name) == napi_ok &&
         napi_set_named_property(env, exports, "crc32cImplementation", name) == napi_ok;
}
