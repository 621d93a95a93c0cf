/* The bytes that libFuzzer gives, taken from the front; and how a broken promise ends the process. */
#ifndef MSGR_FUZZ_INPUT_H
#define MSGR_FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What is left of the input. At its end come zeros. */
extern const uint8_t *input;
extern size_t input_left;

static inline uint8_t take_byte(void) {
  if (input_left == 0) return 0;
  input_left--;
  return *input++;
}

static inline uint64_t take_integer(size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; i++) value |= (uint64_t)take_byte() << (8 * i);
  return value;
}

/* Often small, often around a border, sometimes anything. */
static inline int64_t take_long(void) {
  static const int64_t borders[] = {-1, 0, 1, INT32_MAX, INT32_MIN, UINT32_MAX, INT64_MAX, INT64_MIN, 1 << 20, 1024};
  uint8_t kind = take_byte();
  if (kind < 160) return (int64_t)(take_byte() % 70);
  if (kind < 200) return borders[kind % (sizeof borders / sizeof borders[0])];
  if (kind < 230) return (int64_t)(take_integer(2) % 2048) - 2;
  return (int64_t)take_integer(8);
}

static inline void promise(bool holds, const char *text) {
  if (holds) return;
  fprintf(stderr, "broken promise: %s\n", text);
  abort();
}

#endif
