/* The module: its functions by name. */

#include "shim.h"

#define FUNCTION(js_name, function) {.utf8name = js_name, .method = function, .attributes = napi_enumerable}

static const napi_property_descriptor functions[] = {
    FUNCTION("close", posix_close),
    FUNCTION("dup", posix_dup),
    FUNCTION("setNonBlocking", posix_set_non_blocking),
    FUNCTION("isNonBlocking", posix_is_non_blocking),
    FUNCTION("pipe", posix_pipe),
    FUNCTION("read", posix_read),
    FUNCTION("write", posix_write),
    FUNCTION("select", posix_select),
    FUNCTION("eventLoopFd", posix_event_loop_fd),
    FUNCTION("takeTurns", posix_take_turns),
    FUNCTION("endTurns", posix_end_turns),
    FUNCTION("watch", posix_watch),
    FUNCTION("watchClose", posix_watch_close),
    FUNCTION("watchSetRef", posix_watch_set_ref),
#ifdef MSGR_KQUEUE
    FUNCTION("kqueue", posix_kqueue),
    FUNCTION("keventChange", posix_kevent_change),
    FUNCTION("keventWait", posix_kevent_wait),
#else
    FUNCTION("socket", posix_socket),
    FUNCTION("bind", posix_bind),
    FUNCTION("connect", posix_connect),
    FUNCTION("listen", posix_listen),
    FUNCTION("accept", posix_accept),
    FUNCTION("shutdown", posix_shutdown),
    FUNCTION("setSocketOption", posix_set_socket_option),
    FUNCTION("getSocketOption", posix_get_socket_option),
    FUNCTION("setLinger", posix_set_linger),
    FUNCTION("getSockName", posix_get_sock_name),
    FUNCTION("getPeerName", posix_get_peer_name),
    FUNCTION("socketPair", posix_socket_pair),
    FUNCTION("recv", posix_recv),
    FUNCTION("send", posix_send),
    FUNCTION("sendmsg", posix_sendmsg),
    FUNCTION("epollCreate", posix_epoll_create),
    FUNCTION("epollCtl", posix_epoll_ctl),
    FUNCTION("epollWait", posix_epoll_wait),
    FUNCTION("eventfd", posix_eventfd),
    FUNCTION("eventfdWrite", posix_eventfd_write),
    FUNCTION("eventfdRead", posix_eventfd_read),
    FUNCTION("setThreadAffinity", posix_set_thread_affinity),
    FUNCTION("getThreadAffinity", posix_get_thread_affinity),
    FUNCTION("adjustExternalMemory", posix_adjust_external_memory),
    FUNCTION("aesGcmCreate", posix_aes_gcm_create),
    FUNCTION("aesGcmSeal", posix_aes_gcm_seal),
    FUNCTION("aesGcmOpen", posix_aes_gcm_open),
#endif
};

NAPI_MODULE_INIT(/* env, exports */) {
  bool defined = napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions) == napi_ok;
#ifndef MSGR_KQUEUE
  defined = defined && posix_define_crc32c(env, exports);
#endif
  if (defined) return exports;
  napi_throw_error(env, "ERR_POSIX_UNAVAILABLE", "the functions of the shim could not be defined");
  return NULL;
}
