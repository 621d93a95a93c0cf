/*
 * A crc is linear over bits: crc(a ^ b) = crc(a) ^ crc(b). So a table of what happens to a number is made of what
 * happens to its single bits, and below only those are written down; the preprocessor makes the 256 (or 16) sums.
 */

#include "crc32c.h"

#include <stdbool.h>
#include <string.h>

/* The sums of all subsets of the bits' values, in the order of the subsets' numbers. */
#define XOR1(sum, a) (sum), (sum) ^ (a)
#define XOR2(sum, a, b) XOR1(sum, a), XOR1((sum) ^ (b), a)
#define XOR3(sum, a, b, c) XOR2(sum, a, b), XOR2((sum) ^ (c), a, b)
#define XOR4(sum, a, b, c, d) XOR3(sum, a, b, c), XOR3((sum) ^ (d), a, b, c)
#define XOR5(sum, a, b, c, d, e) XOR4(sum, a, b, c, d), XOR4((sum) ^ (e), a, b, c, d)
#define XOR6(sum, a, b, c, d, e, f) XOR5(sum, a, b, c, d, e), XOR5((sum) ^ (f), a, b, c, d, e)
#define XOR7(sum, a, b, c, d, e, f, g) XOR6(sum, a, b, c, d, e, f), XOR6((sum) ^ (g), a, b, c, d, e, f)
#define XOR8(sum, a, b, c, d, e, f, g, h) XOR7(sum, a, b, c, d, e, f, g), XOR7((sum) ^ (h), a, b, c, d, e, f, g)

/* table[n][byte]: the crc of that byte followed by n zero bytes. */
static const uint32_t byte_table[8][256] = {
    {XOR8(0, 0xf26b8303, 0xe13b70f7, 0xc79a971f, 0x8ad958cf,
          0x105ec76f, 0x20bd8ede, 0x417b1dbc, 0x82f63b78)},
    {XOR8(0, 0x13a29877, 0x274530ee, 0x4e8a61dc, 0x9d14c3b8,
          0x3fc5f181, 0x7f8be302, 0xff17c604, 0xfbc3faf9)},
    {XOR8(0, 0xa541927e, 0x4f6f520d, 0x9edea41a, 0x38513ec5,
          0x70a27d8a, 0xe144fb14, 0xc76580d9, 0x8b277743)},
    {XOR8(0, 0xdd45aab8, 0xbf672381, 0x7b2231f3, 0xf64463e6,
          0xe964b13d, 0xd725148b, 0xaba65fe7, 0x52a0c93f)},
    {XOR8(0, 0x38116fac, 0x7022df58, 0xe045beb0, 0xc5670b91,
          0x8f2261d3, 0x1ba8b557, 0x37516aae, 0x6ea2d55c)},
    {XOR8(0, 0xef306b19, 0xdb8ca0c3, 0xb2f53777, 0x6006181f,
          0xc00c303e, 0x85f4168d, 0x0e045beb, 0x1c08b7d6)},
    {XOR8(0, 0x68032cc8, 0xd0065990, 0xa5e0c5d1, 0x4e2dfd53,
          0x9c5bfaa6, 0x3d5b83bd, 0x7ab7077a, 0xf56e0ef4)},
    {XOR8(0, 0x493c7d27, 0x9278fa4e, 0x211d826d, 0x423b04da,
          0x847609b4, 0x0d006599, 0x1a00cb32, 0x34019664)},
};

/* Eight bytes at a time: each is looked up as if it stood alone, with zeros in place of those that follow. */
static uint32_t crc32c_by_tables(uint32_t crc, const uint8_t *data, size_t length) {
  for (; length >= 8; length -= 8, data += 8) {
    crc = byte_table[7][data[0] ^ (crc & 0xff)] ^ byte_table[6][data[1] ^ (crc >> 8 & 0xff)] ^
          byte_table[5][data[2] ^ (crc >> 16 & 0xff)] ^ byte_table[4][data[3] ^ crc >> 24] ^
          byte_table[3][data[4]] ^ byte_table[2][data[5]] ^ byte_table[1][data[6]] ^ byte_table[0][data[7]];
  }
  while (length-- > 0) crc = byte_table[0][(*data++ ^ crc) & 0xff] ^ crc >> 8;
  return crc;
}

const struct crc32c_implementation crc32c_portable = {.name = "portable", .function = crc32c_by_tables};

#if defined(__x86_64__)

#include <cpuid.h>
#include <nmmintrin.h>

#define IMPLEMENTATION "sse4.2"
#define WITH_INSTRUCTION __attribute__((target("sse4.2")))

static bool has_instruction(void) {
  unsigned int eax, ebx, ecx = 0, edx;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_SSE4_2);
}

static inline WITH_INSTRUCTION uint32_t crc_word(uint32_t crc, uint64_t word) {
  return (uint32_t)_mm_crc32_u64(crc, word);
}

static inline WITH_INSTRUCTION uint32_t crc_byte(uint32_t crc, uint8_t byte) {
  return _mm_crc32_u8(crc, byte);
}

#elif defined(__aarch64__) && defined(__AARCH64EL__)

#include <sys/auxv.h>

#define IMPLEMENTATION "armv8"
#define WITH_INSTRUCTION

static bool has_instruction(void) {
  enum { CRC32_BIT = 1 << 7 }; /* HWCAP_CRC32 */
  return (getauxval(AT_HWCAP) & CRC32_BIT) != 0;
}

/* Written out, because compilers offer the intrinsics only to files built for processors that have them. */
static inline uint32_t crc_word(uint32_t crc, uint64_t word) {
  __asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %x1" : "+r"(crc) : "r"(word));
  return crc;
}

static inline uint32_t crc_byte(uint32_t crc, uint8_t byte) {
  __asm__(".arch_extension crc\n\tcrc32cb %w0, %w0, %w1" : "+r"(crc) : "r"(byte));
  return crc;
}

#endif

#ifdef WITH_INSTRUCTION

/*
 * The instruction takes three cycles but one can start in each, so a block is read as three runs side by side:
 *
 *     | run 0        | run 1        | run 2        |      crc = crc0 followed by two runs of zeros
 *       crc0 = crc     crc1 = 0       crc2 = 0                ^ crc1 followed by one ^ crc2
 *
 * What a run of zeros does to a crc is in a table: run[n][digit] for the n-th hexadecimal digit of the crc.
 * LONG_RUN is made for pages: three of them are 16 bytes short of 4 KiB.
 */
enum { SHORT_RUN = 128, LONG_RUN = 1360 };

static const uint32_t short_run[8][16] = {
    {XOR4(0, 0x6992cea2, 0xd3259d44, 0xa3a74c79, 0x42a2ee03)},
    {XOR4(0, 0x8545dc06, 0x0f67cefd, 0x1ecf9dfa, 0x3d9f3bf4)},
    {XOR4(0, 0x7b3e77e8, 0xf67cefd0, 0xe915a951, 0xd7c72453)},
    {XOR4(0, 0xaa623e57, 0x51280a5f, 0xa25014be, 0x414c5f8d)},
    {XOR4(0, 0x8298bf1a, 0x00dd08c5, 0x01ba118a, 0x03742314)},
    {XOR4(0, 0x06e84628, 0x0dd08c50, 0x1ba118a0, 0x37423140)},
    {XOR4(0, 0x6e846280, 0xdd08c500, 0xbffdfcf1, 0x7a178f13)},
    {XOR4(0, 0xf42f1e26, 0xedb24abd, 0xde88e38b, 0xb8fdb1e7)},
};

static const uint32_t long_run[8][16] = {
    {XOR4(0, 0x79113270, 0xf22264e0, 0xe1a8bf31, 0xc6bd0893)},
    {XOR4(0, 0x889667d7, 0x14c0b95f, 0x298172be, 0x5302e57c)},
    {XOR4(0, 0xa605caf8, 0x49e7e301, 0x93cfc602, 0x2273faf5)},
    {XOR4(0, 0x44e7f5ea, 0x89cfebd4, 0x1673a159, 0x2ce742b2)},
    {XOR4(0, 0x59ce8564, 0xb39d0ac8, 0x62d66361, 0xc5acc6c2)},
    {XOR4(0, 0x8eb5fb75, 0x1887801b, 0x310f0036, 0x621e006c)},
    {XOR4(0, 0xc43c00d8, 0x8d947741, 0x1ec49873, 0x3d8930e6)},
    {XOR4(0, 0x7b1261cc, 0xf624c398, 0xe9a5f1c1, 0xd6a79573)},
};

static inline uint32_t followed_by_zeros(const uint32_t run[8][16], uint32_t crc) {
  return run[0][crc & 15] ^ run[1][crc >> 4 & 15] ^ run[2][crc >> 8 & 15] ^ run[3][crc >> 12 & 15] ^
         run[4][crc >> 16 & 15] ^ run[5][crc >> 20 & 15] ^ run[6][crc >> 24 & 15] ^ run[7][crc >> 28];
}

static inline uint64_t load_word(const uint8_t *data) {
  uint64_t word;
  memcpy(&word, data, sizeof word);
  return word;
}

static inline WITH_INSTRUCTION uint32_t crc_block(uint32_t crc, const uint8_t *data, size_t run_length,
                                                  const uint32_t run[8][16]) {
  uint32_t crc1 = 0, crc2 = 0;
  for (size_t i = 0; i < run_length; i += 8) {
    crc = crc_word(crc, load_word(data + i));
    crc1 = crc_word(crc1, load_word(data + run_length + i));
    crc2 = crc_word(crc2, load_word(data + 2 * run_length + i));
  }
  crc1 ^= followed_by_zeros(run, crc);
  return crc2 ^ followed_by_zeros(run, crc1);
}

static WITH_INSTRUCTION uint32_t crc32c_by_instruction(uint32_t crc, const uint8_t *data, size_t length) {
  for (; length >= 3 * LONG_RUN; length -= 3 * LONG_RUN, data += 3 * LONG_RUN)
    crc = crc_block(crc, data, LONG_RUN, long_run);
  for (; length >= 3 * SHORT_RUN; length -= 3 * SHORT_RUN, data += 3 * SHORT_RUN)
    crc = crc_block(crc, data, SHORT_RUN, short_run);
  for (; length >= 8; length -= 8, data += 8) crc = crc_word(crc, load_word(data));
  while (length-- > 0) crc = crc_byte(crc, *data++);
  return crc;
}

static const struct crc32c_implementation by_instruction = {.name = IMPLEMENTATION, .function = crc32c_by_instruction};

const struct crc32c_implementation *crc32c_fastest(void) {
  return has_instruction() ? &by_instruction : &crc32c_portable;
}

#else

const struct crc32c_implementation *crc32c_fastest(void) {
  return &crc32c_portable;
}

#endif
