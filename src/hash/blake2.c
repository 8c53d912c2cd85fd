#include "hash/blake2.h"

static const uint64_t start[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* Which message words a round takes; from the tenth round on they begin again. */
static const uint8_t sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static inline __attribute__((always_inline)) void mix(uint64_t v[16], unsigned a, unsigned b,
                                                      unsigned c, unsigned d, uint64_t x,
                                                      uint64_t y)
{
    v[a] += v[b] + x;
    v[d] = tr_rotr64(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = tr_rotr64(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = tr_rotr64(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = tr_rotr64(v[b] ^ v[c], 63);
}

static inline __attribute__((always_inline)) void round_of(uint64_t v[16], const uint64_t m[16],
                                                           const uint8_t s[16])
{
    mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
    mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
    mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
    mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
    mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
    mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
    mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
    mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
}

void tr_blake2b_f(uint32_t rounds, uint64_t h[8], const uint64_t m[16], const uint64_t t[2],
                  bool final)
{
    uint64_t v[16];
    memcpy(v, h, 8 * sizeof(v[0]));
    memcpy(v + 8, start, sizeof(start));
    v[12] ^= t[0];
    v[13] ^= t[1];
    if (final) v[14] = ~v[14];
    for (uint32_t i = 0, k = 0; i < rounds; i++) {
        round_of(v, m, sigma[k]);
        k = k == 9 ? 0 : k + 1;
    }
    for (unsigned i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8];
}

void tr_blake2b(tr_bytes in, uint8_t out[64])
{
    uint64_t h[8], m[16], t[2] = {0, 0};
    memcpy(h, start, sizeof(h));
    h[0] ^= 0x01010040; /* no key, 64 bytes of output */
    for (size_t done = 0;;) {
        size_t size = TR_MIN(in.len - done, sizeof(m));
        memset(m, 0, sizeof(m));
        if (size != 0) memcpy(m, in.data + done, size);
        done += size;
        t[0] = done;
        tr_blake2b_f(TR_BLAKE2B_ROUNDS, h, m, t, done == in.len);
        if (done == in.len) break;
    }
    memcpy(out, h, sizeof(h));
}

static const uint32_t start_s[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static inline void mix_s(uint32_t v[16], unsigned i, unsigned turn, uint32_t x, uint32_t y)
{
    unsigned a = i, b = 4 + (i + turn) % 4, c = 8 + (i + 2 * turn) % 4, d = 12 + (i + 3 * turn) % 4;
    v[a] += v[b] + x;
    v[d] = tr_rotr32(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = tr_rotr32(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = tr_rotr32(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = tr_rotr32(v[b] ^ v[c], 7);
}

static void blake2s_block(uint32_t h[8], const uint32_t m[16], uint64_t t, bool final)
{
    uint32_t v[16];
    memcpy(v, h, 8 * sizeof(v[0]));
    memcpy(v + 8, start_s, sizeof(start_s));
    v[12] ^= (uint32_t)t;
    v[13] ^= (uint32_t)(t >> 32);
    if (final) v[14] = ~v[14];
    for (unsigned round = 0; round < 10; round++) {
        const uint8_t *s = sigma[round];
        for (unsigned i = 0; i < 4; i++) mix_s(v, i, 0, m[s[2 * i]], m[s[2 * i + 1]]);
        for (unsigned i = 0; i < 4; i++) mix_s(v, i, 1, m[s[8 + 2 * i]], m[s[9 + 2 * i]]);
    }
    for (unsigned i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8];
}

tr_hash tr_blake2s(tr_bytes in)
{
    uint32_t h[8], m[16];
    memcpy(h, start_s, sizeof(h));
    h[0] ^= 0x01010020; /* no key, 32 bytes of output */
    for (size_t done = 0;;) {
        size_t size = TR_MIN(in.len - done, sizeof(m));
        memset(m, 0, sizeof(m));
        if (size != 0) memcpy(m, in.data + done, size);
        done += size;
        blake2s_block(h, m, done, done == in.len);
        if (done == in.len) break;
    }
    tr_hash out;
    memcpy(&out, h, sizeof(out));
    return out;
}
