/* CRC-32C (Castagnoli), reflected, without inversion before or after. No part of Node is needed here. */
#ifndef MSGR_CRC32C_H
#define MSGR_CRC32C_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t (*crc32c_function)(uint32_t crc, const uint8_t *data, size_t length);

struct crc32c_implementation {
  const char *name;
  crc32c_function function;
};

/* By tables: on every processor. */
extern const struct crc32c_implementation crc32c_portable;

/* By the processor's own instruction if it has one. Asks the processor: not for each call. */
const struct crc32c_implementation *crc32c_fastest(void);

#endif
