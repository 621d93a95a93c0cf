/* Which cores the calling thread may run on. */

#include "shim.h"

#include <sched.h>

/* setThreadAffinity(cores) */
napi_value posix_set_thread_affinity(napi_env env, napi_callback_info info) {
  napi_value arg;
  struct ints cores;
  if (!read_args(env, info, &arg, 1) || !read_int_array(env, arg, &cores)) return NULL;

  cpu_set_t set;
  CPU_ZERO(&set);
  for (size_t i = 0; i < cores.count; i++) {
    if (cores.data[i] < 0 || cores.data[i] >= CPU_SETSIZE) return answer(env, REFUSED);
    CPU_SET((size_t)cores.data[i], &set);
  }
  /* 0 is the calling thread, not the process. */
  return result(env, sched_setaffinity(0, sizeof set, &set));
}

/* getThreadAffinity(out): the number of cores in out, ascending. */
napi_value posix_get_thread_affinity(napi_env env, napi_callback_info info) {
  napi_value arg;
  struct ints out;
  if (!read_args(env, info, &arg, 1) || !read_int_array(env, arg, &out)) return NULL;
  if (out.count < CPU_SETSIZE) return answer(env, REFUSED);

  cpu_set_t set;
  CPU_ZERO(&set);
  int status = sched_getaffinity(0, sizeof set, &set);
  if (status < 0) return result(env, status);

  size_t count = 0;
  for (size_t core = 0; core < CPU_SETSIZE; core++)
    if (CPU_ISSET(core, &set)) out.data[count++] = (int32_t)core;
  return answer(env, (int64_t)count);
}
