/* What sealing and opening answer, and what they write. */
#ifndef MSGR_CIPHER_PROMISES_H
#define MSGR_CIPHER_PROMISES_H

#include "node-api-stand-in.h"

/* Byte `i` of an array of so many, before the call. */
uint8_t pattern(size_t i, size_t count);

/* aesGcmCreate(key) */
void check_created(struct outcome outcome, struct value *const *args);
/* aesGcmSeal(handle, nonce, out, at, ...parts) */
void check_sealed(struct outcome outcome, struct value *const *args, size_t count);
/* aesGcmOpen(handle, nonce, sealed, start, end, out, at) */
void check_opened(struct outcome outcome, struct value *const *args);

#endif
