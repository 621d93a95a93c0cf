/* Moving bytes through sockets. A signal that cuts a call short before it moved any makes it start again. */

#include "shim.h"

#include <limits.h>
#include <sys/socket.h>
#include <sys/uio.h>

#ifndef IOV_MAX
#define IOV_MAX 1024
#endif

/*
 * A batch for sendmsg is full at this size, even if it could hold more chunks: a socket's buffer is seldom larger, and
 * what the kernel does not take has to be collected again by the next call.
 */
enum { BATCH_BYTES = 1 << 20 };

static ssize_t receive_into(const struct range *to) {
  return recv(to->fd, to->data, to->length, 0);
}

/* recv(fd, buffer, offset, length) */
napi_value posix_recv(napi_env env, napi_callback_info info) {
  return move_range(env, info, receive_into);
}

/* send(fd, buffer, offset, length, more) */
napi_value posix_send(napi_env env, napi_callback_info info) {
  napi_value args[5];
  struct range from;
  bool more;
  if (!read_args(env, info, args, 5)) return NULL;
  int inside = read_range(env, args, &from);
  if (inside <= 0) return inside < 0 ? NULL : answer(env, REFUSED);
  if (!read_bool(env, args[4], &more)) return NULL;

  ssize_t count;
  do count = send(from.fd, from.data, from.length, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
  while (count < 0 && errno == EINTR);
  return result(env, count);
}

/* Chunks that came as arguments, as far as they were collected for the kernel. */
struct batch {
  const napi_value *chunks;
  size_t chunk_count;
  size_t next; /* the first chunk that is not collected yet */
  size_t skip; /* bytes of that chunk to leave out; beyond its end if the caller said so */
  struct iovec parts[IOV_MAX];
  size_t part_count;
  size_t size;
};

enum collected { COLLECTED, NOT_BYTES, SKIPPED_TOO_FAR };

/* Fills the batch from `next` on. Leaves nothing pending in JavaScript, whatever it meets. */
static enum collected collect(napi_env env, struct batch *batch) {
  batch->part_count = 0;
  batch->size = 0;
  for (; batch->next < batch->chunk_count && batch->size < BATCH_BYTES; batch->next++) {
    struct bytes chunk;
    if (!get_bytes(env, batch->chunks[batch->next], &chunk)) return NOT_BYTES;
    if (batch->skip > chunk.size) return SKIPPED_TOO_FAR;

    struct iovec part = {.iov_base = chunk.data + batch->skip, .iov_len = chunk.size - batch->skip};
    if (part.iov_len > 0) batch->parts[batch->part_count++] = part;
    batch->size += part.iov_len;
    batch->skip = 0;
  }
  return COLLECTED;
}

static ssize_t send_batch(int fd, struct batch *batch, bool more) {
  struct msghdr message = {.msg_iov = batch->parts, .msg_iovlen = batch->part_count};
  ssize_t count;
  do count = sendmsg(fd, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
  while (count < 0 && errno == EINTR);
  return count;
}

static napi_value send_chunks(napi_env env, int fd, struct batch *batch, bool more) {
  int64_t sent = 0;
  while (batch->next < batch->chunk_count) {
    enum collected status = collect(env, batch);
    if (status != COLLECTED) {
      /* What went out cannot be taken back: it is counted, and the next call meets the same chunk first. */
      if (sent > 0) break;
      return status == NOT_BYTES ? throw_argument(env, "expected an array of Uint8Array") : answer(env, REFUSED);
    }
    if (batch->size == 0) continue;

    ssize_t count = send_batch(fd, batch, more || batch->next < batch->chunk_count);
    if (count < 0) return sent > 0 ? answer(env, sent) : result(env, count);
    sent += count;
    if ((size_t)count < batch->size) break;
  }
  return answer(env, sent);
}

/*
 * sendmsg(fd, firstOffset, more, ...chunks), at most IOV_MAX chunks. They are arguments, and not an array, because to
 * read an element of an array costs three times as much as to be given it.
 */
napi_value posix_sendmsg(napi_env env, napi_callback_info info) {
  enum { FIXED = 3 };
  napi_value args[FIXED + IOV_MAX];
  size_t count = 0;
  int32_t fd;
  int64_t first_offset;
  bool more;
  if (napi_get_cb_info(env, info, &count, NULL, NULL, NULL) != napi_ok) return NULL;
  if (count < FIXED || count > FIXED + IOV_MAX) return answer(env, REFUSED);
  if (!read_args(env, info, args, count) || !read_int(env, args[0], &fd) || !read_long(env, args[1], &first_offset) ||
      !read_bool(env, args[2], &more))
    return NULL;
  if (first_offset < 0 || (count == FIXED && first_offset > 0)) return answer(env, REFUSED);

  struct batch batch; /* not initialized as a whole: most of its 16 KiB stay unused */
  batch.chunks = args + FIXED;
  batch.chunk_count = count - FIXED;
  batch.next = 0;
  batch.skip = (size_t)first_offset;
  return send_chunks(env, fd, &batch, more);
}
