#include "hash/ripemd.h"

/* For each line and step: which message word, and how far to rotate. */
static const uint8_t left_word[80] = {
    0, 1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, /* round 1 */
    7, 4,  13, 1,  10, 6,  15, 3,  12, 0, 9,  5,  2,  14, 11, 8,  /* round 2 */
    3, 10, 14, 4,  9,  15, 8,  1,  2,  7, 0,  6,  13, 11, 5,  12, /* round 3 */
    1, 9,  11, 10, 0,  8,  12, 4,  13, 3, 7,  15, 14, 5,  6,  2,  /* round 4 */
    4, 0,  5,  9,  7,  12, 2,  10, 14, 1, 3,  8,  11, 6,  15, 13, /* round 5 */
};
static const uint8_t right_word[80] = {
    5,  14, 7,  0, 9, 2,  11, 4,  13, 6,  15, 8,  1,  10, 3,  12, /* round 1 */
    6,  11, 3,  7, 0, 13, 5,  10, 14, 15, 8,  12, 4,  9,  1,  2,  /* round 2 */
    15, 5,  1,  3, 7, 14, 6,  9,  11, 8,  12, 2,  10, 0,  4,  13, /* round 3 */
    8,  6,  4,  1, 3, 11, 15, 0,  5,  12, 2,  13, 9,  7,  10, 14, /* round 4 */
    12, 15, 10, 4, 1, 5,  8,  7,  6,  2,  13, 14, 0,  3,  9,  11, /* round 5 */
};
static const uint8_t left_turn[80] = {
    11, 14, 15, 12, 5,  8,  7,  9,  11, 13, 14, 15, 6,  7,  9,  8,  /* round 1 */
    7,  6,  8,  13, 11, 9,  7,  15, 7,  12, 15, 9,  11, 7,  13, 12, /* round 2 */
    11, 13, 6,  7,  14, 9,  13, 15, 14, 8,  13, 6,  5,  12, 7,  5,  /* round 3 */
    11, 12, 14, 15, 14, 15, 9,  8,  9,  14, 5,  6,  8,  6,  5,  12, /* round 4 */
    9,  15, 5,  11, 6,  8,  13, 12, 5,  12, 13, 14, 11, 8,  5,  6,  /* round 5 */
};
static const uint8_t right_turn[80] = {
    8,  9,  9,  11, 13, 15, 15, 5,  7,  7,  8,  11, 14, 14, 12, 6,  /* round 1 */
    9,  13, 15, 7,  12, 8,  9,  11, 7,  7,  12, 7,  6,  15, 13, 11, /* round 2 */
    9,  7,  15, 11, 8,  6,  6,  14, 12, 13, 5,  14, 13, 13, 7,  5,  /* round 3 */
    15, 5,  8,  11, 14, 14, 6,  14, 6,  9,  12, 9,  12, 5,  15, 8,  /* round 4 */
    8,  5,  12, 9,  12, 5,  14, 6,  8,  13, 6,  5,  15, 13, 11, 11, /* round 5 */
};
static const uint32_t left_add[5] = {0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e};
static const uint32_t right_add[5] = {0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0};

/* The five functions of three words; the right line has them in the other order. */
static inline __attribute__((always_inline)) uint32_t mix(unsigned which, uint32_t x, uint32_t y,
                                                          uint32_t z)
{
    if (which == 0) return x ^ y ^ z;
    if (which == 1) return z ^ (x & (y ^ z));
    if (which == 2) return (x | ~y) ^ z;
    if (which == 3) return y ^ (z & (x ^ y));
    return x ^ (y | ~z);
}

/* One step of a line.  The five words stay where they are and change their names: at step i the
 * word called a lies at place -i. */
static inline __attribute__((always_inline)) void step(uint32_t s[5], unsigned i, unsigned which,
                                                       uint32_t word, unsigned turn)
{
    unsigned a = (80 - i) % 5, b = (a + 1) % 5, c = (a + 2) % 5, d = (a + 3) % 5, e = (a + 4) % 5;
    s[a] = tr_rotl32(s[a] + mix(which, s[b], s[c], s[d]) + word, turn) + s[e];
    s[c] = tr_rotl32(s[c], 10);
}

/* Sixteen steps of both lines, unrolled so that the tables become constants. */
static inline __attribute__((always_inline)) void round16(uint32_t l[5], uint32_t r[5],
                                                          const uint32_t w[16], unsigned round)
{
#pragma GCC unroll 16
    for (unsigned k = 0; k < 16; k++) {
        unsigned i = 16 * round + k;
        step(l, i, round, w[left_word[i]] + left_add[round], left_turn[i]);
        step(r, i, 4 - round, w[right_word[i]] + right_add[round], right_turn[i]);
    }
}

static void block(uint32_t h[5], const uint8_t *in)
{
    uint32_t w[16], l[5], r[5];
    for (unsigned i = 0; i < 16; i++) w[i] = tr_load32le(in + 4 * i);
    memcpy(l, h, sizeof(l));
    memcpy(r, h, sizeof(r));
    round16(l, r, w, 0);
    round16(l, r, w, 1);
    round16(l, r, w, 2);
    round16(l, r, w, 3);
    round16(l, r, w, 4);
    uint32_t t = h[1] + l[2] + r[3];
    h[1] = h[2] + l[3] + r[4];
    h[2] = h[3] + l[4] + r[0];
    h[3] = h[4] + l[0] + r[1];
    h[4] = h[0] + l[1] + r[2];
    h[0] = t;
}

void tr_ripemd160(tr_bytes in, uint8_t out[20])
{
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    size_t rest = in.len % 64, whole = in.len - rest;
    for (size_t i = 0; i < whole; i += 64) block(h, in.data + i);
    uint8_t end[128] = {0};
    size_t size = rest < 56 ? 64 : 128;
    if (rest != 0) memcpy(end, in.data + whole, rest);
    end[rest] = 0x80;
    tr_store64le(end + size - 8, (uint64_t)in.len << 3);
    for (size_t i = 0; i < size; i += 64) block(h, end + i);
    for (unsigned i = 0; i < 5; i++) tr_store32le(out + 4 * i, h[i]);
}
