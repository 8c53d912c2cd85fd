#include "hash/blake.h"

#include "hash/blake_internal.h"

enum { ROUNDS = 16, BLOCK = 128, LENGTH_AT = BLOCK - 16 };

/* The first digits of pi after the point. */
static const uint64_t pi[16] = {
    0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89,
    0x452821e638d01377, 0xbe5466cf34e90c6c, 0xc0ac29b7c97c50dd, 0x3f84d5b5b5470917,
    0x9216d5d98979fb1b, 0xd1310ba698dfb5ac, 0x2ffd72dbd01adfb7, 0xb8e1afed6a267e96,
    0xba7c9045f12c7f99, 0x24a19947b3916cf7, 0x0801f2e2858efc16, 0x636920d871574e69,
};

/* Column i, or the diagonal that turns it: words x and y of the message change places with those
 * of pi. */
static inline void mix(uint64_t v[16], unsigned i, unsigned turn, const uint64_t m[16], unsigned x,
                       unsigned y)
{
    unsigned a = i, b = 4 + (i + turn) % 4, c = 8 + (i + 2 * turn) % 4, d = 12 + (i + 3 * turn) % 4;
    v[a] += v[b] + (m[x] ^ pi[y]);
    v[d] = tr_rotr64(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = tr_rotr64(v[b] ^ v[c], 25);
    v[a] += v[b] + (m[y] ^ pi[x]);
    v[d] = tr_rotr64(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = tr_rotr64(v[b] ^ v[c], 11);
}

/* bits counts the message up to the end of this block; 0 for a block that holds none of it. */
static void take_block(uint64_t h[8], const uint8_t block[BLOCK], uint64_t bits)
{
    uint64_t v[16], m[16];
    for (unsigned i = 0; i < 16; i++) m[i] = tr_load64be(block + 8 * i);
    memcpy(v, h, 8 * sizeof(*v));
    memcpy(v + 8, pi, 8 * sizeof(*v));
    v[12] ^= bits;
    v[13] ^= bits;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const uint8_t *s = tr_blake_sigma[round % 10];
        for (unsigned i = 0; i < 4; i++) mix(v, i, 0, m, s[2 * i], s[2 * i + 1]);
        for (unsigned i = 0; i < 4; i++) mix(v, i, 1, m, s[8 + 2 * i], s[9 + 2 * i]);
    }
    for (unsigned i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8];
    tr_wipe(v, sizeof(v));
    tr_wipe(m, sizeof(m));
}

void tr_blake512(tr_bytes in, uint8_t out[64])
{
    uint64_t h[8], bits = 8 * (uint64_t)in.len;
    uint8_t block[BLOCK] = {0};
    size_t done = 0;
    memcpy(h, tr_blake_start, sizeof(h));
    for (; in.len - done >= BLOCK; done += BLOCK)
        take_block(h, in.data + done, 8 * (uint64_t)(done + BLOCK));
    size_t rest = in.len - done;
    if (rest != 0) memcpy(block, in.data + done, rest);
    block[rest] = 0x80;
    if (rest >= LENGTH_AT) { /* no room for the length */
        take_block(h, block, bits);
        memset(block, 0, sizeof(block));
        rest = 0;
    }
    block[LENGTH_AT - 1] |= 1;
    tr_store64be(block + LENGTH_AT + 8, bits);
    take_block(h, block, rest == 0 ? 0 : bits);
    for (unsigned i = 0; i < 8; i++) tr_store64be(out + 8 * i, h[i]);
    tr_wipe(h, sizeof(h));
    tr_wipe(block, sizeof(block));
}
