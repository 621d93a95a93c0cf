#include "cipher-promises.h"

#include "../../../native/shim.h"
#include "openssl-stand-in.h"

static double number_of(const struct value *value) {
  return value->number == value->number ? value->number : 0;
}

void check_created(struct outcome outcome, struct value *const *args) {
  promise(!openssl.error_pending, "no error is left behind");
  if (args[0]->count != 16) promise(outcome.result->number == REFUSED, "a key has 16 bytes");
  else if (openssl.failed) promise(outcome.result->number == -EIO, "a failure is told");
  else promise(outcome.result->kind == HANDLE, "a cipher is made");
}

/* Whether the bytes of an array outside of start..end are as they were. */
static void check_rest(const struct value *array, size_t start, size_t end) {
  const uint8_t *bytes = array->memory;
  for (size_t i = 0; i < array->count; i++)
    promise((i >= start && i < end) || bytes[i] == pattern(i, array->count), "nothing else is written");
}

void check_sealed(struct outcome outcome, struct value *const *args, size_t count) {
  const struct value *out = args[2];
  double at = number_of(args[3]);
  size_t size = 0;
  for (size_t i = 4; i < count; i++) size += args[i]->count;
  promise(!openssl.error_pending, "no error is left behind");
  if (args[1]->count != 12 || at < 0 || at + (double)size + 16 > (double)out->count) {
    promise(outcome.result->number == REFUSED, "a nonce has 12 bytes, and there is room");
    check_rest(out, 0, 0);
    return;
  }
  size_t start = (size_t)at;
  check_rest(out, start, start + size + 16);
  if (openssl.failed) {
    promise(outcome.result->number == -EIO, "a failure is told");
    return;
  }
  promise(outcome.result->number == (double)size + 16, "as many bytes are reported as were written");
  const uint8_t *written = (const uint8_t *)out->memory + start;
  for (size_t i = 4; i < count; i++)
    for (size_t j = 0; j < args[i]->count; j++)
      promise(*written++ == (pattern(j, args[i]->count) ^ SEALED_BY_XOR), "parts are sealed in their order");
  for (size_t i = 0; i < 16; i++) promise(*written++ == TAG_BYTE, "the tag is behind them");
}

void check_opened(struct outcome outcome, struct value *const *args) {
  const struct value *sealed = args[2], *out = args[5];
  double start = number_of(args[3]), end = number_of(args[4]), at = number_of(args[6]);
  double answered = outcome.result->number;
  promise(!openssl.error_pending, "no error is left behind");
  bool inside = args[1]->count == 12 && start >= 0 && start <= end && end <= (double)sealed->count && at >= 0 &&
                at <= (double)out->count;
  if (inside && end - start < 16) {
    promise(answered == -EBADMSG, "what has no tag was not sealed");
    check_rest(out, 0, 0);
    return;
  }
  if (!inside || at + (end - start) - 16 > (double)out->count) {
    promise(answered == REFUSED, "a nonce has 12 bytes, ranges lie inside, and there is room");
    check_rest(out, 0, 0);
    return;
  }
  size_t size = (size_t)(end - start) - 16, first = (size_t)at;
  const uint8_t *written = (const uint8_t *)out->memory;
  bool is_good = !openssl.failed && !openssl.tag_is_wrong;
  check_rest(out, first, first + size);
  promise(answered == (is_good ? (double)size : -EBADMSG), "a wrong tag is told, and so is a failure");
  for (size_t i = 0; i < size; i++) {
    uint8_t plain = pattern((size_t)start + i, sealed->count) ^ SEALED_BY_XOR;
    promise(written[first + i] == (is_good ? plain : 0), "what nobody vouched for is not given out");
  }
}
