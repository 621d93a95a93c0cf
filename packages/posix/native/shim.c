/* The module: its functions by name, and the choice between the implementations of crc32c. */

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
static bool define_crc32c(napi_env env, napi_value exports, const char *name,
                          const struct crc32c_implementation *implementation) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, posix_crc32c, (void *)implementation, &function) ==
             napi_ok &&
         napi_set_named_property(env, exports, name, function) == napi_ok;
}

#define FUNCTION(js_name, function) {.utf8name = js_name, .method = function, .attributes = napi_enumerable}

static const napi_property_descriptor functions[] = {
    FUNCTION("socket", posix_socket),
    FUNCTION("bind", posix_bind),
    FUNCTION("connect", posix_connect),
    FUNCTION("listen", posix_listen),
    FUNCTION("accept", posix_accept),
    FUNCTION("shutdown", posix_shutdown),
    FUNCTION("close", posix_close),
    FUNCTION("dup", posix_dup),
    FUNCTION("setSocketOption", posix_set_socket_option),
    FUNCTION("getSocketOption", posix_get_socket_option),
    FUNCTION("setLinger", posix_set_linger),
    FUNCTION("getSockName", posix_get_sock_name),
    FUNCTION("getPeerName", posix_get_peer_name),
    FUNCTION("setNonBlocking", posix_set_non_blocking),
    FUNCTION("isNonBlocking", posix_is_non_blocking),
    FUNCTION("pipe", posix_pipe),
    FUNCTION("socketPair", posix_socket_pair),
    FUNCTION("recv", posix_recv),
    FUNCTION("send", posix_send),
    FUNCTION("sendmsg", posix_sendmsg),
    FUNCTION("read", posix_read),
    FUNCTION("write", posix_write),
    FUNCTION("epollCreate", posix_epoll_create),
    FUNCTION("epollCtl", posix_epoll_ctl),
    FUNCTION("epollWait", posix_epoll_wait),
    FUNCTION("select", posix_select),
    FUNCTION("eventfd", posix_eventfd),
    FUNCTION("eventfdWrite", posix_eventfd_write),
    FUNCTION("eventfdRead", posix_eventfd_read),
    FUNCTION("setThreadAffinity", posix_set_thread_affinity),
    FUNCTION("getThreadAffinity", posix_get_thread_affinity),
    FUNCTION("aesGcmCreate", posix_aes_gcm_create),
    FUNCTION("aesGcmSeal", posix_aes_gcm_seal),
    FUNCTION("aesGcmOpen", posix_aes_gcm_open),
    FUNCTION("watch", posix_watch),
    FUNCTION("watchClose", posix_watch_close),
    FUNCTION("watchSetRef", posix_watch_set_ref),
};

NAPI_MODULE_INIT(/* env, exports */) {
  const struct crc32c_implementation *fastest = crc32c_fastest();
  napi_value name;
  if (napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions) == napi_ok &&
      define_crc32c(env, exports, "crc32c", fastest) &&
      define_crc32c(env, exports, "crc32cPortable", &crc32c_portable) &&
      napi_create_string_utf8(env, fastest->name, NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_set_named_property(env, exports, "crc32cImplementation", name) == napi_ok)
    return exports;
  napi_throw_error(env, "ERR_POSIX_UNAVAILABLE", "the functions of the shim could not be defined");
  return NULL;
}
