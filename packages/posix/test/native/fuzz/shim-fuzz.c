/*
 * The whole shim but for its watches, between a JavaScript and a kernel that the input makes up. The sanitizers see
 * where it leaves the memory that it was given; the models below, what it answers.
 *
 * An input: which function, then its arguments, then what the kernel does.
 */

#include "../../../native/crc32c.h"
#include "../../../native/shim.h"
#include "cipher-promises.h"
#include "kernel-stand-in.h"
#include "node-api-stand-in.h"
#include "openssl-stand-in.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>

enum { ARGS_MAX = 40 };

const uint8_t *input;
size_t input_left;

static struct value values[ARGS_MAX];
static struct value *args[ARGS_MAX];
static size_t arg_count;

/*
 * i integer of 32 bits, l of 64, b bool, s text, B bytes, C a chunk of bytes that may be large, I an array of integers,
 * D one of descriptors, K a key, N a nonce, H the handle of a cipher; a * repeats what is before it.
 */
static const struct {
  const char *name, *arguments;
} signatures[] = {
    {"crc32c", "Bill"},        {"crc32cPortable", "Bill"}, {"sendmsg", "ilbC*"},      {"sendmsg", "ilbC*"},
    {"recv", "iBll"},          {"send", "iBllb"},          {"read", "iBll"},          {"write", "iBll"},
    {"epollWait", "iIi"},      {"select", "DDIi"},         {"bind", "iiiis"},         {"connect", "iiiis"},
    {"getSockName", "iI"},     {"getPeerName", "iI"},      {"pipe", "I"},             {"socketPair", "I"},
    {"setThreadAffinity", "D"}, {"getThreadAffinity", "I"}, {"getSocketOption", "iiiI"}, {"setSocketOption", "iiii"},
    {"setLinger", "ibi"},      {"setNonBlocking", "ib"},   {"isNonBlocking", "i"},    {"socket", "ib"},
    {"listen", "ii"},          {"accept", "i"},            {"shutdown", "ii"},        {"close", "i"},
    {"dup", "ii"},             {"epollCreate", ""},        {"epollCtl", "iiii"},      {"eventfd", ""},
    {"eventfdWrite", "il"},    {"eventfdRead", "i"},   {"aesGcmCreate", "K"},
    {"adjustExternalMemory", "l"},
    {"aesGcmSeal", "HNBlB*"},  {"aesGcmSeal", "HNBlB*"},   {"aesGcmOpen", "HNBllBl"}, {"aesGcmOpen", "HNBllBl"},
};

static uint32_t crc_bit_by_bit(uint32_t crc, const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
  }
  return crc;
}

/* Three of these are more than sendmsg sends at a time. It is filled once, so that it costs nothing to have them. */
static uint8_t large_chunk[400000];

uint8_t pattern(size_t i, size_t count) {
  return (uint8_t)(i * 31 + count);
}

static void make_bytes(struct value *value, bool may_be_large) {
  uint8_t size = take_byte();
  value->kind = BYTES;
  value->count = size > 250 ? 4200 + take_byte() : take_byte() % 200;
  if (may_be_large && size > 240) {
    if (large_chunk[1] == 0)
      for (size_t i = 0; i < sizeof large_chunk; i++) large_chunk[i] = pattern(i, sizeof large_chunk);
    value->count = sizeof large_chunk;
    value->memory = large_chunk;
    return;
  }
  value->memory = value->count == 0 && take_byte() < 128 ? NULL : malloc(value->count);
  for (size_t i = 0; i < value->count; i++) ((uint8_t *)value->memory)[i] = pattern(i, value->count);
}

/* Nearly always of the size that is right. */
static void make_sized(struct value *value, size_t size) {
  value->kind = BYTES;
  value->count = take_byte() < 250 ? size : take_byte() % 40;
  value->memory = malloc(value->count);
  for (size_t i = 0; i < value->count; i++) ((uint8_t *)value->memory)[i] = pattern(i, value->count);
}

/* The cipher of this input; a number, if it cannot be made. */
static void make_handle(struct value *value) {
  static struct value cipher;
  uint8_t key[16] = {1};
  struct value key_value = {.kind = BYTES, .memory = key, .count = sizeof key}, *arg = &key_value;
  if (openssl.contexts == 0) cipher = *stand_in_call("aesGcmCreate", &arg, 1).result;
  *value = cipher;
  openssl_reset();
}

static void make_ints(struct value *value, bool are_descriptors) {
  value->kind = INTS;
  value->count = take_byte() % 24;
  if (!are_descriptors && take_byte() < 16) value->count = 1000 + take_byte() * 8;
  value->memory = value->count == 0 && take_byte() < 128 ? NULL : malloc(value->count * sizeof(int32_t));
  for (size_t i = 0; i < value->count; i++)
    ((int32_t *)value->memory)[i] = are_descriptors ? (int32_t)(take_byte() < 250 ? take_byte() * 4 : take_long()) : -7;
}

static void make_text(struct value *value) {
  static const char *const texts[] = {"127.0.0.1", "::1", "fe80::1", "255.255.255.255", "1.2.3", "", "::ffff:1.2.3.4"};
  uint8_t kind = take_byte();
  value->kind = STRING;
  value->text = calloc(1, 300);
  if (kind < 128) {
    strcpy(value->text, texts[kind % (sizeof texts / sizeof texts[0])]);
    return;
  }
  size_t length = kind < 250 ? take_byte() % 50 : 299;
  for (size_t i = 0; i < length; i++) value->text[i] = "0123456789abcdef:.%g"[take_byte() % 20];
}

static void make_value(struct value *value, char kind) {
  memset(value, 0, sizeof *value);
  /* Now and then something of the wrong type. */
  if (take_byte() < 6) kind = "ilbsBIuH"[take_byte() % 8];
  switch (kind) {
    case 'i':
    case 'l':
      value->kind = NUMBER;
      value->number = take_byte() < 4 ? 0.0 / 0.0 : (double)take_long();
      break;
    case 'b':
      value->kind = BOOLEAN;
      value->boolean = (take_byte() & 1) != 0;
      break;
    case 's':
      make_text(value);
      break;
    case 'B':
    case 'C':
      make_bytes(value, kind == 'C');
      break;
    case 'K':
    case 'N':
      make_sized(value, kind == 'K' ? 16 : 12);
      break;
    case 'H':
      make_handle(value);
      break;
    case 'I':
    case 'D':
      make_ints(value, kind == 'D');
      break;
    default:
      value->kind = UNDEFINED;
  }
}

static void make_args(const char *kinds) {
  arg_count = 0;
  for (; *kinds != 0; kinds++) {
    size_t times = kinds[1] == '*' ? take_byte() % 20 : 1;
    for (size_t i = 0; i < times && arg_count < ARGS_MAX; i++) make_value(&values[arg_count++], *kinds);
    if (kinds[1] == '*') kinds++;
  }
  if (take_byte() < 4 && arg_count > 0) arg_count--; /* what is left out is undefined */
  for (size_t i = 0; i < arg_count; i++) args[i] = &values[i];
}

static void free_args(void) {
  for (size_t i = 0; i < ARGS_MAX; i++) {
    if (values[i].memory != large_chunk) free(values[i].memory);
    free(values[i].text);
    memset(&values[i], 0, sizeof values[i]);
  }
}

/* The 32 bits that an argument stands for: of numbers beyond, the lowest. */
static int32_t int_of(const struct value *value) {
  double number = value->number;
  return number == number ? (int32_t)(uint32_t)(int64_t)fmod(number, 4294967296.0) : 0;
}

/* crc32c(bytes, seed, start, end) */
static void check_crc(struct outcome outcome) {
  const struct value *bytes = args[0];
  double start = args[2]->number == args[2]->number ? args[2]->number : 0;
  double end = args[3]->number == args[3]->number ? args[3]->number : 0;
  bool inside = start >= 0 && start <= end && end <= (double)bytes->count;
  promise((outcome.result != NULL) == inside, "a crc is given for ranges inside, and for no others");
  if (!inside) return;
  double seed = args[1]->number == args[1]->number ? args[1]->number : 0;
  if (seed < 0 || seed > UINT32_MAX) return; /* how JavaScript wraps it is not the shim's affair */
  uint32_t expected = (uint32_t)seed;
  const uint8_t *all = bytes->memory;
  if (end > start) expected = crc_bit_by_bit(expected, all + (size_t)start, (size_t)(end - start));
  promise(outcome.result->number == expected, "the crc is what it is bit by bit");
}

/* recv, read, send and write(fd, buffer, offset, length): exactly the range takes part. */
static void check_range(struct outcome outcome, bool reads) {
  const struct value *buffer = args[1];
  const uint8_t *bytes = buffer->memory;
  double offset = args[2]->number == args[2]->number ? args[2]->number : 0;
  double length = args[3]->number == args[3]->number ? args[3]->number : 0;
  bool inside = offset >= 0 && length >= 0 && offset + length <= (double)buffer->count;
  promise((outcome.result->number != REFUSED) == inside, "ranges inside are let through, and no others");
  promise((kernel.calls > 0) == inside, "the kernel is not asked for what is refused");
  if (!inside || kernel.error != 0) return;
  promise(outcome.result->number == (double)kernel.byte_count, "as many bytes are reported as were moved");
  for (size_t i = 0; i < buffer->count; i++) {
    bool moved = i >= (size_t)offset && i - (size_t)offset < kernel.byte_count;
    uint8_t original = pattern(i, buffer->count);
    uint8_t expected = moved && reads ? kernel_bytes[i - (size_t)offset] : original;
    promise(bytes[i] == expected, "bytes outside the range stay as they were");
    promise(reads || !moved || kernel_bytes[i - (size_t)offset] == original, "the bytes of the range are sent");
  }
}

/* sendmsg(fd, firstOffset, more, ...chunks): what the kernel took is a beginning of what is to be sent. */
static void check_sendmsg(struct outcome outcome) {
  double skip = args[1]->number == args[1]->number ? args[1]->number : 0;
  double sent = outcome.result->number;
  if (arg_count == 3) {
    promise(sent == (skip == 0 ? 0 : REFUSED), "nothing is sent of no chunks");
    return;
  }
  if (skip < 0 || skip > (double)args[3]->count) {
    promise(sent == REFUSED && kernel.calls == 0, "what is skipped lies in the first chunk");
    return;
  }
  promise(sent < 0 ? kernel.byte_count == 0 : sent == (double)kernel.byte_count, "as many are reported as were taken");
  size_t at = 0;
  for (size_t i = 3; i < arg_count && at < kernel.byte_count; i++) {
    size_t from = i == 3 ? (size_t)skip : 0, length = args[i]->count - from;
    if (length > kernel.byte_count - at) length = kernel.byte_count - at;
    promise(length == 0 || memcmp(kernel_bytes + at, (const uint8_t *)args[i]->memory + from, length) == 0,
            "chunks are sent in order, each once");
    at += length;
  }
  promise(at == kernel.byte_count, "no more is sent than there is");
}

/* epollWait(epfd, out, timeoutMs) and select(readFds, writeFds, out, timeoutMs) */
static void check_pairs(struct outcome outcome, const struct value *out, bool is_select) {
  const int32_t *pairs = out->memory;
  double count = outcome.result->number;
  if (out->count < 2) promise(count == REFUSED && kernel.calls == 0, "without room for a pair nothing is asked");
  if (count < 0 || kernel.calls == 0) return;
  promise(count * 2 <= (double)out->count, "there is room for all pairs that are reported");
  size_t pair = 0;
  if (!is_select) {
    promise(count == kernel.event_count, "all events are reported");
    for (; pair < (size_t)count; pair++)
      promise(pairs[2 * pair] == kernel.events[pair].data.fd &&
                  pairs[2 * pair + 1] == (int32_t)kernel.events[pair].events,
              "events are reported as they came");
  } else {
    for (int fd = 0; fd <= kernel.highest && pair < out->count / 2; fd++) {
      int32_t ready = (FD_ISSET(fd, &kernel.readable) ? 1 : 0) | (FD_ISSET(fd, &kernel.writable) ? 2 : 0);
      if (ready == 0) continue;
      promise(pairs[2 * pair] == fd && pairs[2 * pair + 1] == ready, "ready descriptors are reported in order");
      pair++;
    }
    promise(count == (double)pair, "as many are reported as are ready, or as there is room for");
  }
  for (size_t i = 2 * pair; i < out->count; i++) promise(pairs[i] == -7, "what is behind the pairs stays as it was");
}

/* bind and connect(fd, domain, port, scopeId, address) */
static void check_told(struct outcome outcome) {
  int32_t domain = int_of(args[1]);
  uint8_t expected[16];
  bool is_address = (domain == AF_INET || domain == AF_INET6) && strlen(args[4]->text) < INET6_ADDRSTRLEN &&
                    inet_pton(domain, args[4]->text, expected) == 1;
  promise((kernel.calls > 0) == is_address, "the kernel is told addresses only");
  if (!is_address) {
    promise(outcome.result->number < 0, "what is no address is refused");
    return;
  }
  const struct sockaddr_in *v4 = (const void *)&kernel.address;
  const struct sockaddr_in6 *v6 = (const void *)&kernel.address;
  bool is_v4 = domain == AF_INET;
  promise(kernel.address_length == (is_v4 ? sizeof *v4 : sizeof *v6), "an address is as long as its domain says");
  promise(kernel.address.any.sa_family == domain, "an address is of its domain");
  promise(memcmp(is_v4 ? (const void *)&v4->sin_addr : &v6->sin6_addr, expected, is_v4 ? 4 : 16) == 0, "it is the one");
  promise(ntohs(is_v4 ? v4->sin_port : v6->sin6_port) == (uint16_t)int_of(args[2]), "its port is the one given");
  promise(is_v4 || v6->sin6_scope_id == (uint32_t)int_of(args[3]), "its scope is the one given");
}

/* getSockName and getPeerName(fd, out) */
static void check_name(struct outcome outcome) {
  const int32_t *out = args[1]->memory;
  if (outcome.result->kind != STRING) {
    promise(outcome.result->number < 0, "what is no name is an error");
    return;
  }
  const struct sockaddr_in *v4 = (const void *)&kernel.address;
  const struct sockaddr_in6 *v6 = (const void *)&kernel.address;
  uint8_t back[16];
  if (kernel.address_length < sizeof *v6) return; /* a kernel that tells half an address says nothing that counts */
  promise(out[0] == kernel.address.any.sa_family, "the domain is the address's");
  if (out[0] == AF_INET) {
    promise(inet_pton(AF_INET, outcome.result->text, back) == 1 && memcmp(back, &v4->sin_addr, 4) == 0, "IPv4 as text");
    promise(out[1] == ntohs(v4->sin_port) && out[2] == 0, "the port of IPv4");
  } else if (out[0] == AF_INET6) {
    promise(inet_pton(AF_INET6, outcome.result->text, back) == 1 && memcmp(back, &v6->sin6_addr, 16) == 0, "IPv6");
    promise(out[1] == ntohs(v6->sin6_port) && (uint32_t)out[2] == v6->sin6_scope_id, "port and scope of IPv6");
  } else {
    promise(outcome.result->text[0] == 0, "other domains have no text");
  }
}

static bool has_kinds(const char *kinds) {
  static const enum kind kind_of[128] = {['i'] = NUMBER, ['l'] = NUMBER, ['b'] = BOOLEAN, ['s'] = STRING,
                                         ['B'] = BYTES,  ['C'] = BYTES,  ['I'] = INTS,   ['D'] = INTS,
                                         ['K'] = BYTES,  ['N'] = BYTES,  ['H'] = HANDLE};
  size_t i = 0;
  for (; *kinds != 0; kinds++) {
    if (kinds[1] == '*') {
      for (; i < arg_count; i++)
        if (args[i]->kind != kind_of[(int)*kinds]) return false;
      return true;
    }
    if (i >= arg_count || args[i]->kind != kind_of[(int)*kinds]) return false;
    i++;
  }
  return i == arg_count;
}

/* adjustExternalMemory(bytes) */
static void check_adjusted(struct outcome outcome) {
  double change = args[0]->number == args[0]->number ? args[0]->number : 0;
  promise(outcome.result->number == change, "the change is made, and what is then there is told");
}

static void check(const char *name, struct outcome outcome) {
  if (strncmp(name, "crc32c", 6) == 0) check_crc(outcome);
  else if (strcmp(name, "recv") == 0 || strcmp(name, "read") == 0) check_range(outcome, true);
  else if (strcmp(name, "send") == 0 || strcmp(name, "write") == 0) check_range(outcome, false);
  else if (strcmp(name, "sendmsg") == 0) check_sendmsg(outcome);
  else if (strcmp(name, "epollWait") == 0) check_pairs(outcome, args[1], false);
  else if (strcmp(name, "select") == 0) check_pairs(outcome, args[2], true);
  else if (strcmp(name, "bind") == 0 || strcmp(name, "connect") == 0) check_told(outcome);
  else if (strcmp(name, "adjustExternalMemory") == 0) check_adjusted(outcome);
  else if (strcmp(name, "aesGcmCreate") == 0) check_created(outcome, args);
  else if (strcmp(name, "aesGcmSeal") == 0) check_sealed(outcome, args, arg_count);
  else if (strcmp(name, "aesGcmOpen") == 0) check_opened(outcome, args);
  else if (strncmp(name, "get", 3) == 0 && strstr(name, "Name") != NULL) check_name(outcome);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static bool is_loaded;
  if (!is_loaded) stand_in_load();
  is_loaded = true;

  input = data;
  input_left = size;
  kernel_reset();
  openssl_reset();
  size_t number = take_byte() % (sizeof signatures / sizeof signatures[0]);
  const char *name = signatures[number].name, *kinds = signatures[number].arguments;
  make_args(kinds);
  struct outcome outcome = stand_in_call(name, args, arg_count);
  bool is_right = has_kinds(kinds);
  promise(!(outcome.threw && is_right), "arguments of the right types throw nothing");
  if (is_right) {
    promise(strncmp(name, "crc32c", 6) == 0 || outcome.result != NULL, "a call is answered");
    check(name, outcome);
  }
  free_args();
  stand_in_collect();
  promise(openssl.contexts == 0, "a cipher goes with its handle");
  return 0;
}
