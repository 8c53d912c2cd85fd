#include "hash/blake2.h"

#include "hash/blake2_internal.h"
#include "hash/blake_internal.h"

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

void tr_blake2b_f_portable(uint32_t rounds, uint64_t h[8], const uint64_t m[16],
                           const uint64_t t[2], bool final)
{
    uint64_t v[16];
    memcpy(v, h, 8 * sizeof(v[0]));
    memcpy(v + 8, tr_blake_start, sizeof(tr_blake_start));
    v[12] ^= t[0];
    v[13] ^= t[1];
    if (final) v[14] = ~v[14];
    for (uint32_t i = 0, k = 0; i < rounds; i++) {
        round_of(v, m, tr_blake_sigma[k]);
        k = k == 9 ? 0 : k + 1;
    }
    for (unsigned i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8];
}

const tr_blake2b_code tr_blake2b_portable = {"portable", tr_blake2b_f_portable};
const tr_blake2b_code *tr_blake2b_chosen = &tr_blake2b_portable;

void tr_blake2b_f(uint32_t rounds, uint64_t h[8], const uint64_t m[16], const uint64_t t[2],
                  bool final)
{
    tr_blake2b_chosen->f(rounds, h, m, t, final);
}

void tr_blake2b(tr_bytes in, uint8_t out[64])
{
    uint64_t h[8], m[16], t[2] = {0, 0};
    memcpy(h, tr_blake_start, sizeof(h));
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
        const uint8_t *s = tr_blake_sigma[round];
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
