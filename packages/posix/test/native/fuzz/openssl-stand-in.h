/* An OpenSSL whose cipher is none: it changes every byte in the same way, and fails, or finds a tag right, as the input says. */
#ifndef MSGR_OPENSSL_STAND_IN_H
#define MSGR_OPENSSL_STAND_IN_H

#include "fuzz-input.h"

enum { SEALED_BY_XOR = 0x5a, TAG_BYTE = 0xa6 };

struct openssl {
  bool failed;        /* a function has failed since the last reset */
  bool error_pending; /* and nobody has cleared what it left */
  bool tag_is_wrong;  /* the last one compared was */
  int contexts;       /* that are not freed */
};

extern struct openssl openssl;

/* Forgets all but the contexts. */
void openssl_reset(void);

#endif
