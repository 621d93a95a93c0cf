/* Prints what both implementations make of a few byte strings: for processors that the tests themselves do not run on. */

#include "../../native/crc32c.h"

#include <stdio.h>
#include <string.h>

static uint8_t bytes[9000];

static void print(const struct crc32c_implementation *implementation) {
  printf("%s", implementation->name);
  printf(" %u", implementation->function(1234, (const uint8_t *)"foo bar baz", 11));
  memset(bytes, 1, sizeof bytes);
  printf(" %u", implementation->function(0, bytes, 35));
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 7 + (i >> 8));
  for (size_t length = 0; length <= 8996; length += 1499) printf(" %u", implementation->function(99, bytes + 3, length));
  printf("\n");
}

int main(void) {
  print(crc32c_fastest());
  print(&crc32c_portable);
  return 0;
}
