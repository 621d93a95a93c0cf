/*
 * AES-128-GCM by the OpenSSL that is in the process already: in Node's executable, or in the library that it is linked
 * with. node:crypto makes an object for each thing it seals; here a cipher keeps its expanded key, and is only given
 * the next nonce.
 *
 * Nothing of OpenSSL is needed to compile or to load this. What it has to offer is asked for by weak names, which are
 * null where the process does not know them; then no cipher can be made.
 */

#include "shim.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The part of OpenSSL's stable interface that is used here, the same from 1.1 on, and in BoringSSL. */
struct evp_cipher;
struct evp_cipher_context;
#define WEAK extern __attribute__((weak))
WEAK struct evp_cipher_context *EVP_CIPHER_CTX_new(void);
WEAK void EVP_CIPHER_CTX_free(struct evp_cipher_context *context);
WEAK int EVP_CIPHER_CTX_ctrl(struct evp_cipher_context *context, int type, int length, void *data);
WEAK const struct evp_cipher *EVP_aes_128_gcm(void);
WEAK int EVP_EncryptInit_ex(struct evp_cipher_context *context, const struct evp_cipher *cipher, void *engine,
                            const uint8_t *key, const uint8_t *nonce);
WEAK int EVP_EncryptUpdate(struct evp_cipher_context *context, uint8_t *out, int *out_length, const uint8_t *in,
                           int length);
WEAK int EVP_EncryptFinal_ex(struct evp_cipher_context *context, uint8_t *out, int *out_length);
WEAK int EVP_DecryptInit_ex(struct evp_cipher_context *context, const struct evp_cipher *cipher, void *engine,
                            const uint8_t *key, const uint8_t *nonce);
WEAK int EVP_DecryptUpdate(struct evp_cipher_context *context, uint8_t *out, int *out_length, const uint8_t *in,
                           int length);
WEAK int EVP_DecryptFinal_ex(struct evp_cipher_context *context, uint8_t *out, int *out_length);
WEAK void ERR_clear_error(void);
enum { EVP_CTRL_AEAD_GET_TAG = 0x10, EVP_CTRL_AEAD_SET_TAG = 0x11 };

enum { KEY_SIZE = 16, NONCE_SIZE = 12, TAG_SIZE = 16 };

/* One key, both directions. Belongs to a JavaScript handle, and goes with it. OpenSSL wipes what it frees. */
struct aes_gcm {
  enum handle_kind kind;
  struct evp_cipher_context *sealing;
  struct evp_cipher_context *opening;
};

static bool is_available(void) {
  return EVP_CIPHER_CTX_new != NULL && EVP_CIPHER_CTX_free != NULL && EVP_CIPHER_CTX_ctrl != NULL &&
         EVP_aes_128_gcm != NULL && EVP_EncryptInit_ex != NULL && EVP_EncryptUpdate != NULL &&
         EVP_EncryptFinal_ex != NULL && EVP_DecryptInit_ex != NULL && EVP_DecryptUpdate != NULL &&
         EVP_DecryptFinal_ex != NULL && ERR_clear_error != NULL;
}

static void free_cipher(struct aes_gcm *cipher) {
  /* Neither has to be there. */
  EVP_CIPHER_CTX_free(cipher->sealing);
  EVP_CIPHER_CTX_free(cipher->opening);
  free(cipher);
}

static void on_handle_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  free_cipher(data);
}

/* OpenSSL keeps what went wrong until somebody in this thread asks; node:tls would take ours for its own. */
static napi_value fail(napi_env env, int error) {
  ERR_clear_error();
  return answer(env, -error);
}

/*
 * aesGcmCreate(key): a handle; REFUSED for a key of another size; -ENOSYS where there is no OpenSSL; -EIO if it does
 * not offer this cipher.
 */
napi_value posix_aes_gcm_create(napi_env env, napi_callback_info info) {
  napi_value arg, handle;
  struct bytes key;
  if (!read_args(env, info, &arg, 1) || !read_bytes(env, arg, &key)) return NULL;
  if (key.size != KEY_SIZE) return answer(env, REFUSED);
  if (!is_available()) return answer(env, -ENOSYS);

  struct aes_gcm *cipher = calloc(1, sizeof *cipher);
  if (cipher == NULL) return answer(env, -ENOMEM);
  cipher->kind = AES_GCM_HANDLE;
  cipher->sealing = EVP_CIPHER_CTX_new();
  cipher->opening = EVP_CIPHER_CTX_new();
  if (cipher->sealing != NULL && cipher->opening != NULL &&
      EVP_EncryptInit_ex(cipher->sealing, EVP_aes_128_gcm(), NULL, key.data, NULL) == 1 &&
      EVP_DecryptInit_ex(cipher->opening, EVP_aes_128_gcm(), NULL, key.data, NULL) == 1 &&
      napi_create_external(env, cipher, on_handle_collected, NULL, &handle) == napi_ok)
    return handle;
  free_cipher(cipher);
  return fail(env, EIO);
}

static inline bool read_cipher(napi_env env, const napi_value *args, struct aes_gcm **cipher, struct bytes *nonce) {
  *cipher = read_handle(env, args[0], AES_GCM_HANDLE);
  return *cipher != NULL && read_bytes(env, args[1], nonce);
}

/* Whether what is read and what is written have nothing in common. */
static inline bool are_apart(const uint8_t *in, size_t in_size, const uint8_t *out, size_t out_size) {
  uintptr_t from = (uintptr_t)in, to = (uintptr_t)out;
  return from >= to + out_size || to >= from + in_size;
}

enum { SEAL_FIXED = 4, SEAL_PARTS_MAX = 1024 };

/* Reads the parts. Their size together, or -1 with a TypeError pending. */
static inline int64_t read_parts(napi_env env, const napi_value *values, size_t count, struct bytes *parts) {
  int64_t size = 0;
  for (size_t i = 0; i < count; i++) {
    if (!read_bytes(env, values[i], &parts[i])) return -1;
    size += (int64_t)parts[i].size;
  }
  return size;
}

/* Whether each part lies exactly where it is sealed to, or outside all that is written. */
static bool can_seal(const struct bytes *parts, size_t count, const uint8_t *out, size_t size) {
  const uint8_t *at = out;
  for (size_t i = 0; i < count; i++) {
    if (parts[i].size == 0) continue;
    if (parts[i].data != at && !are_apart(parts[i].data, parts[i].size, out, size)) return false;
    at += parts[i].size;
  }
  return true;
}

static bool seal(struct evp_cipher_context *context, const uint8_t *nonce, const struct bytes *parts, size_t count,
                 uint8_t *out) {
  int length;
  if (EVP_EncryptInit_ex(context, NULL, NULL, NULL, nonce) != 1) return false;
  for (size_t i = 0; i < count; i++) {
    if (parts[i].size == 0) continue;
    if (EVP_EncryptUpdate(context, out, &length, parts[i].data, (int)parts[i].size) != 1) return false;
    out += parts[i].size;
  }
  return EVP_EncryptFinal_ex(context, out, &length) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, out) == 1;
}

/*
 * aesGcmSeal(handle, nonce, out, at, ...parts): seals the parts, one behind the other, to out[at …], and puts the tag
 * behind them. The bytes written; REFUSED if there is no room, for parts that would be written over before they are
 * read, and for such as are too many or too large; -EIO if OpenSSL fails.
 */
napi_value posix_aes_gcm_seal(napi_env env, napi_callback_info info) {
  napi_value args[SEAL_FIXED + SEAL_PARTS_MAX];
  struct bytes parts[SEAL_PARTS_MAX];
  size_t count = 0;
  struct aes_gcm *cipher;
  struct bytes nonce, out;
  int64_t at;
  /* Asked for as many arguments as there is room for, Node-API would fill all of it, which takes longer than sealing. */
  if (napi_get_cb_info(env, info, &count, NULL, NULL, NULL) != napi_ok) return NULL;
  if (count > SEAL_FIXED + SEAL_PARTS_MAX) return answer(env, REFUSED);
  if (count < SEAL_FIXED) count = SEAL_FIXED; /* those that are missing are of the wrong type */
  if (!read_args(env, info, args, count) || !read_cipher(env, args, &cipher, &nonce) || !read_bytes(env, args[2], &out) ||
      !read_long(env, args[3], &at))
    return NULL;
  count -= SEAL_FIXED;
  int64_t size = read_parts(env, args + SEAL_FIXED, count, parts);
  if (size < 0) return NULL;
  if (nonce.size != NONCE_SIZE || at < 0 || size > INT_MAX - TAG_SIZE || (uint64_t)at > out.size ||
      (uint64_t)size + TAG_SIZE > out.size - (size_t)at ||
      !can_seal(parts, count, out.data + at, (size_t)size + TAG_SIZE))
    return answer(env, REFUSED);

  if (!seal(cipher->sealing, nonce.data, parts, count, out.data + at)) return fail(env, EIO);
  return answer(env, size + TAG_SIZE);
}

static bool open_sealed(struct evp_cipher_context *context, const uint8_t *nonce, const uint8_t *sealed, size_t size,
                        uint8_t *out) {
  int length;
  /* OpenSSL takes the tag to compare with from memory that it does not promise to leave alone. */
  uint8_t tag[TAG_SIZE];
  memcpy(tag, sealed + size, TAG_SIZE);
  return EVP_DecryptInit_ex(context, NULL, NULL, NULL, nonce) == 1 &&
         (size == 0 || EVP_DecryptUpdate(context, out, &length, sealed, (int)size) == 1) &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1 &&
         EVP_DecryptFinal_ex(context, out + size, &length) == 1;
}

/*
 * aesGcmOpen(handle, nonce, sealed, start, end, out, at): opens sealed[start, end), ciphertext and tag, to out[at …].
 * The bytes written; -EBADMSG, with zeros written, if the tag is not theirs; REFUSED if there is no room, or if what
 * is written would lie across what is read (exactly over it will do).
 */
napi_value posix_aes_gcm_open(napi_env env, napi_callback_info info) {
  napi_value args[7];
  struct aes_gcm *cipher;
  struct bytes nonce, sealed, out;
  int64_t start, end, at;
  if (!read_args(env, info, args, 7) || !read_cipher(env, args, &cipher, &nonce) ||
      !read_bytes(env, args[2], &sealed) || !read_long(env, args[3], &start) || !read_long(env, args[4], &end) ||
      !read_bytes(env, args[5], &out) || !read_long(env, args[6], &at))
    return NULL;
  if (nonce.size != NONCE_SIZE || start < 0 || start > end || (uint64_t)end > sealed.size || end - start > INT_MAX ||
      at < 0 || (uint64_t)at > out.size)
    return answer(env, REFUSED);
  if (end - start < TAG_SIZE) return answer(env, -EBADMSG);
  const uint8_t *from = sealed.data + start;
  uint8_t *to = out.data + at;
  size_t size = (size_t)(end - start) - TAG_SIZE;
  if (size > out.size - (size_t)at || (from != to && !are_apart(from, size + TAG_SIZE, to, size)))
    return answer(env, REFUSED);

  if (open_sealed(cipher->opening, nonce.data, from, size, to)) return answer(env, (int64_t)size);
  memset(to, 0, size);
  return fail(env, EBADMSG);
}
