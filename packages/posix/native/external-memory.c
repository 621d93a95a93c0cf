/* Memory that V8 does not know of. */

#include "shim.h"

/* adjustExternalMemory(bytes): all such memory of the thread, after a change by so many bytes. */
napi_value posix_adjust_external_memory(napi_env env, napi_callback_info info) {
  napi_value arg;
  int64_t change, total;
  if (!read_args(env, info, &arg, 1) || !read_long(env, arg, &change)) return NULL;
  if (napi_adjust_external_memory(env, change, &total) != napi_ok) return answer(env, REFUSED);
  return answer(env, total);
}
