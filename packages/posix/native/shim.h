/*
 * What every file of the shim shares: how arguments come in and how results go out.
 *
 * A function takes integers and typed arrays and answers with a count or a negated errno (-1 to -4095). It answers
 * REFUSED, without having called the kernel, to arguments that would have led beyond the memory they name. Only an
 * argument of the wrong type throws. There is no state outside a call, except for watches and turns (loop-callback.c) and
 * ciphers (aes-gcm.c), which belong to the environment (a thread's instance of JavaScript) that made them. So any number
 * of threads may load this.
 */
#ifndef MSGR_SHIM_H
#define MSGR_SHIM_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <node_api.h>

/*
 * The systems that have kqueue. What is compiled there is the part that is the same on every Unix, and kqueue.c;
 * native/build.mjs has the list.
 */
#if defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || defined(__DragonFly__)
#define MSGR_KQUEUE
#endif

enum { REFUSED = -4096 };

/* The memory of a typed array, which stays in place while the call lasts. */
struct bytes {
  uint8_t *data;
  size_t size;
};

struct ints {
  int32_t *data;
  size_t count;
};

static inline napi_value throw_argument(napi_env env, const char *expected) {
  napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", expected);
  return NULL;
}

/* The read_ functions return false with a TypeError pending. */

static inline bool read_args(napi_env env, napi_callback_info info, napi_value *args, size_t count) {
  /* Missing arguments arrive as undefined, which no reader below accepts. */
  return napi_get_cb_info(env, info, &count, args, NULL, NULL) == napi_ok;
}

static inline bool read_int(napi_env env, napi_value value, int32_t *out) {
  if (napi_get_value_int32(env, value, out) == napi_ok) return true;
  throw_argument(env, "expected an integer");
  return false;
}

static inline bool read_long(napi_env env, napi_value value, int64_t *out) {
  if (napi_get_value_int64(env, value, out) == napi_ok) return true;
  throw_argument(env, "expected an integer");
  return false;
}

static inline bool read_bool(napi_env env, napi_value value, bool *out) {
  if (napi_get_value_bool(env, value, out) == napi_ok) return true;
  throw_argument(env, "expected true or false");
  return false;
}

static inline bool read_function(napi_env env, napi_value value) {
  napi_valuetype type;
  if (napi_typeof(env, value, &type) == napi_ok && type == napi_function) return true;
  throw_argument(env, "expected a function");
  return false;
}

/* As the read_ functions, but leaves nothing pending. */
static inline bool get_bytes(napi_env env, napi_value value, struct bytes *out) {
  static const uint8_t nothing;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, value, &type, &out->size, (void **)&out->data, NULL, NULL) != napi_ok ||
      type != napi_uint8_array)
    return false;
  /* An empty array may have no memory, and C has no arithmetic for a null pointer, not even to add 0. */
  if (out->data == NULL) out->data = (uint8_t *)(uintptr_t)&nothing;
  return true;
}

static inline bool read_bytes(napi_env env, napi_value value, struct bytes *out) {
  if (get_bytes(env, value, out)) return true;
  throw_argument(env, "expected a Uint8Array");
  return false;
}

/* What a handle of JavaScript holds begins with its kind, so that one is not taken for another. */
enum handle_kind { WATCH_HANDLE, TURNS_HANDLE, AES_GCM_HANDLE };

/* NULL with a TypeError pending for anything but a handle of this kind. */
static inline void *read_handle(napi_env env, napi_value value, enum handle_kind kind) {
  void *held;
  if (napi_get_value_external(env, value, &held) == napi_ok && *(const enum handle_kind *)held == kind) return held;
  static const char *const expected[] = {
      [WATCH_HANDLE] = "expected the handle of a watch",
      [TURNS_HANDLE] = "expected the handle of turns",
      [AES_GCM_HANDLE] = "expected the handle of a cipher",
  };
  throw_argument(env, expected[kind]);
  return NULL;
}

static inline bool read_int_array(napi_env env, napi_value value, struct ints *out) {
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, value, &type, &out->count, (void **)&out->data, NULL, NULL) == napi_ok &&
      type == napi_int32_array)
    return true;
  throw_argument(env, "expected an Int32Array");
  return false;
}

/* For a function whose arguments are all integers. */
static inline bool read_ints(napi_env env, napi_callback_info info, int32_t *out, size_t count) {
  napi_value args[4];
  if (!read_args(env, info, args, count)) return false;
  for (size_t i = 0; i < count; i++)
    if (!read_int(env, args[i], &out[i])) return false;
  return true;
}

static inline napi_value answer(napi_env env, int64_t value) {
  napi_value number = NULL;
  if (value >= INT32_MIN && value <= INT32_MAX)
    napi_create_int32(env, (int32_t)value, &number);
  else
    napi_create_int64(env, value, &number);
  return number;
}

/* The answer to a system call: its result, or the errno it left. */
static inline napi_value result(napi_env env, int64_t value) {
  return answer(env, value < 0 ? -errno : value);
}

/* A range of the caller's memory. */
struct range {
  int32_t fd;
  uint8_t *data;
  size_t length;
};

/* Reads (fd, buffer, offset, length). 1, 0 if the range is not inside the buffer, or -1 with a TypeError pending. */
static inline int read_range(napi_env env, const napi_value *args, struct range *range) {
  struct bytes buffer;
  int64_t offset, length;
  if (!read_int(env, args[0], &range->fd) || !read_bytes(env, args[1], &buffer) ||
      !read_long(env, args[2], &offset) || !read_long(env, args[3], &length))
    return -1;
  if (offset < 0 || length < 0 || (uint64_t)offset > buffer.size || (uint64_t)length > buffer.size - (size_t)offset)
    return 0;
  range->data = buffer.data + offset;
  range->length = (size_t)length;
  return 1;
}

/*
 * For a function (fd, buffer, offset, length) that moves bytes: how many. A signal that interrupts `move` before it has
 * moved any makes it start again.
 */
static inline napi_value move_range(napi_env env, napi_callback_info info, ssize_t (*move)(const struct range *range)) {
  napi_value args[4];
  struct range range;
  if (!read_args(env, info, args, 4)) return NULL;
  int inside = read_range(env, args, &range);
  if (inside <= 0) return inside < 0 ? NULL : answer(env, REFUSED);

  ssize_t count;
  do count = move(&range);
  while (count < 0 && errno == EINTR);
  return result(env, count);
}

/* For a function (out) that makes two descriptors: 0, with the two in out[0] and out[1]. */
static inline napi_value make_two(napi_env env, napi_callback_info info, int (*make)(int *)) {
  napi_value arg;
  struct ints out;
  int fds[2];
  if (!read_args(env, info, &arg, 1) || !read_int_array(env, arg, &out)) return NULL;
  if (out.count < 2) return answer(env, REFUSED);

  int status = make(fds);
  if (status == 0) {
    out.data[0] = fds[0];
    out.data[1] = fds[1];
  }
  return result(env, status);
}

/* descriptors.c */
napi_value posix_close(napi_env env, napi_callback_info info);
napi_value posix_dup(napi_env env, napi_callback_info info);
napi_value posix_set_non_blocking(napi_env env, napi_callback_info info);
napi_value posix_is_non_blocking(napi_env env, napi_callback_info info);
napi_value posix_pipe(napi_env env, napi_callback_info info);
napi_value posix_read(napi_env env, napi_callback_info info);
napi_value posix_write(napi_env env, napi_callback_info info);

/* select.c */
napi_value posix_select(napi_env env, napi_callback_info info);

/* kqueue.c */
napi_value posix_kqueue(napi_env env, napi_callback_info info);
napi_value posix_kevent_change(napi_env env, napi_callback_info info);
napi_value posix_kevent_wait(napi_env env, napi_callback_info info);

/* sockets.c */
napi_value posix_socket(napi_env env, napi_callback_info info);
napi_value posix_bind(napi_env env, napi_callback_info info);
napi_value posix_connect(napi_env env, napi_callback_info info);
napi_value posix_listen(napi_env env, napi_callback_info info);
napi_value posix_accept(napi_env env, napi_callback_info info);
napi_value posix_shutdown(napi_env env, napi_callback_info info);
napi_value posix_set_socket_option(napi_env env, napi_callback_info info);
napi_value posix_get_socket_option(napi_env env, napi_callback_info info);
napi_value posix_set_linger(napi_env env, napi_callback_info info);
napi_value posix_get_sock_name(napi_env env, napi_callback_info info);
napi_value posix_get_peer_name(napi_env env, napi_callback_info info);
napi_value posix_socket_pair(napi_env env, napi_callback_info info);

/* transfer.c */
napi_value posix_recv(napi_env env, napi_callback_info info);
napi_value posix_send(napi_env env, napi_callback_info info);
napi_value posix_sendmsg(napi_env env, napi_callback_info info);

/* epoll.c */
napi_value posix_epoll_create(napi_env env, napi_callback_info info);
napi_value posix_epoll_ctl(napi_env env, napi_callback_info info);
napi_value posix_epoll_wait(napi_env env, napi_callback_info info);
napi_value posix_eventfd(napi_env env, napi_callback_info info);
napi_value posix_eventfd_write(napi_env env, napi_callback_info info);
napi_value posix_eventfd_read(napi_env env, napi_callback_info info);

/* thread-affinity.c */
napi_value posix_set_thread_affinity(napi_env env, napi_callback_info info);
napi_value posix_get_thread_affinity(napi_env env, napi_callback_info info);

/* external-memory.c */
napi_value posix_adjust_external_memory(napi_env env, napi_callback_info info);

/* aes-gcm.c */
napi_value posix_aes_gcm_create(napi_env env, napi_callback_info info);
napi_value posix_aes_gcm_seal(napi_env env, napi_callback_info info);
napi_value posix_aes_gcm_open(napi_env env, napi_callback_info info);

/* crc32c-function.c */
bool posix_define_crc32c(napi_env env, napi_value exports);

/* event-loop.c */
napi_value posix_event_loop_fd(napi_env env, napi_callback_info info);
napi_value posix_take_turns(napi_env env, napi_callback_info info);
napi_value posix_end_turns(napi_env env, napi_callback_info info);

/* watch.c */
napi_value posix_watch(napi_env env, napi_callback_info info);
napi_value posix_watch_close(napi_env env, napi_callback_info info);
napi_value posix_watch_set_ref(napi_env env, napi_callback_info info);

#endif
