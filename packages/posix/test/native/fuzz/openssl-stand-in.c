#include "openssl-stand-in.h"

#include <string.h>

struct openssl openssl;

/* Allocated for each, so that the sanitizer sees one that is used after it was freed, or never freed. */
struct evp_cipher_context {
  bool has_key, has_nonce;
  uint8_t tag[16];
};

struct evp_cipher {
  int unused;
};

void openssl_reset(void) {
  openssl = (struct openssl){.contexts = openssl.contexts};
}

/* 1, or now and then 0 with an error left. */
static int succeed(void) {
  if (take_byte() < 250) return 1;
  openssl.failed = openssl.error_pending = true;
  return 0;
}

struct evp_cipher_context *EVP_CIPHER_CTX_new(void) {
  if (succeed() == 0) return NULL;
  openssl.contexts++;
  return calloc(1, sizeof(struct evp_cipher_context));
}

void EVP_CIPHER_CTX_free(struct evp_cipher_context *context) {
  if (context != NULL) openssl.contexts--;
  free(context);
}

const struct evp_cipher *EVP_aes_128_gcm(void) {
  static const struct evp_cipher cipher;
  return &cipher;
}

static int initialize(struct evp_cipher_context *context, const struct evp_cipher *cipher, const uint8_t *key,
                      const uint8_t *nonce) {
  uint8_t read[16];
  promise((cipher == NULL) == (key == NULL), "a key is set together with the cipher");
  if (key != NULL) memcpy(read, key, 16);
  if (nonce != NULL) memcpy(read, nonce, 12);
  if (key != NULL) context->has_key = true;
  context->has_nonce = nonce != NULL;
  return succeed();
}

int EVP_EncryptInit_ex(struct evp_cipher_context *context, const struct evp_cipher *cipher, void *engine,
                       const uint8_t *key, const uint8_t *nonce) {
  promise(engine == NULL, "no engine is asked for");
  return initialize(context, cipher, key, nonce);
}

int EVP_DecryptInit_ex(struct evp_cipher_context *context, const struct evp_cipher *cipher, void *engine,
                       const uint8_t *key, const uint8_t *nonce) {
  return EVP_EncryptInit_ex(context, cipher, engine, key, nonce);
}

int EVP_EncryptUpdate(struct evp_cipher_context *context, uint8_t *out, int *out_length, const uint8_t *in,
                      int length) {
  promise(context->has_key && context->has_nonce, "a nonce is set before anything is sealed or opened");
  promise(length > 0, "OpenSSL is given something");
  for (int i = 0; i < length; i++) out[i] = in[i] ^ SEALED_BY_XOR;
  *out_length = length;
  return succeed();
}

int EVP_DecryptUpdate(struct evp_cipher_context *context, uint8_t *out, int *out_length, const uint8_t *in,
                      int length) {
  return EVP_EncryptUpdate(context, out, out_length, in, length);
}

int EVP_CIPHER_CTX_ctrl(struct evp_cipher_context *context, int type, int length, void *data) {
  promise(length == 16 && (type == 0x10 || type == 0x11), "a whole tag is asked for, or given");
  if (type == 0x10) memset(data, TAG_BYTE, 16);
  else memcpy(context->tag, data, 16);
  return succeed();
}

int EVP_EncryptFinal_ex(struct evp_cipher_context *context, uint8_t *out, int *out_length) {
  (void)out;
  promise(context->has_nonce, "what is ended has begun");
  context->has_nonce = false;
  *out_length = 0;
  return succeed();
}

int EVP_DecryptFinal_ex(struct evp_cipher_context *context, uint8_t *out, int *out_length) {
  openssl.tag_is_wrong = take_byte() < 100;
  return EVP_EncryptFinal_ex(context, out, out_length) == 1 && !openssl.tag_is_wrong;
}

void ERR_clear_error(void) {
  openssl.error_pending = false;
}
