#include "hash/sha2.h"

#include "hash/sha2_internal.h"

/* The constants of FIPS 180-4: the first bits of the fractions of the cube roots and square roots
 * of the first primes. */
const uint32_t tr_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

const uint32_t tr_sha256_start[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static const uint64_t sha512_constants[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

static const uint64_t sha512_start[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* Of SHA-512/256 (FIPS 180-4, 5.3.6.2). */
static const uint64_t sha512_256_start[8] = {
    0x22312194fc2bf72c, 0x9f555fa3c84c64c2, 0x2393b86b6f53b151, 0x963877195940eabd,
    0x96283ee2a88effe3, 0xbe5e1e2553863992, 0x2b0199fc2c85b8aa, 0x0eb72ddc81c52ca2,
};

/* One round, with the eight words in their turned places instead of moved.  The message words are
 * made in a ring of 16. */
#define CH(x, y, z)  ((z) ^ ((x) & ((y) ^ (z))))
#define MAJ(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define ROUND(rot, s, k, w)                                                                        \
    do {                                                                                           \
        s[(7 - (rot)) & 7] += BIG1(s[(4 - (rot)) & 7]) +                                           \
                              CH(s[(4 - (rot)) & 7], s[(5 - (rot)) & 7], s[(6 - (rot)) & 7]) +     \
                              (k) + (w);                                                           \
        s[(3 - (rot)) & 7] += s[(7 - (rot)) & 7];                                                  \
        s[(7 - (rot)) & 7] += BIG0(s[(0 - (rot)) & 7]) +                                           \
                              MAJ(s[(0 - (rot)) & 7], s[(1 - (rot)) & 7], s[(2 - (rot)) & 7]);     \
    } while (0)
#define NEXT_WORD(w, i)                                                                            \
    (w[i] += SMALL1(w[((i) + 14) & 15]) + w[((i) + 9) & 15] + SMALL0(w[((i) + 1) & 15]))

#define BIG0(x)   (tr_rotr32(x, 2) ^ tr_rotr32(x, 13) ^ tr_rotr32(x, 22))
#define BIG1(x)   (tr_rotr32(x, 6) ^ tr_rotr32(x, 11) ^ tr_rotr32(x, 25))
#define SMALL0(x) (tr_rotr32(x, 7) ^ tr_rotr32(x, 18) ^ (x) >> 3)
#define SMALL1(x) (tr_rotr32(x, 17) ^ tr_rotr32(x, 19) ^ (x) >> 10)

void tr_sha256_blocks_portable(uint32_t h[8], const uint8_t *in, size_t n)
{
    for (; n != 0; n--, in += 64) {
        uint32_t s[8], w[16];
        memcpy(s, h, sizeof(s));
        for (unsigned i = 0; i < 16; i++) w[i] = tr_load32be(in + 4 * i);
#pragma GCC unroll 16
        for (unsigned i = 0; i < 16; i++) ROUND(i, s, tr_sha256_constants[i], w[i]);
        for (unsigned t = 16; t < 64; t += 16) {
#pragma GCC unroll 16
            for (unsigned i = 0; i < 16; i++)
                ROUND(i, s, tr_sha256_constants[t + i], NEXT_WORD(w, i));
        }
        for (unsigned i = 0; i < 8; i++) h[i] += s[i];
    }
}

#undef BIG0
#undef BIG1
#undef SMALL0
#undef SMALL1

const tr_sha256_code tr_sha256_portable = {"portable", tr_sha256_blocks_portable, NULL};
const tr_sha256_code *tr_sha256_chosen = &tr_sha256_portable;

tr_hash tr_sha256_last(uint32_t h[8], tr_bytes in, uint64_t total)
{
    size_t whole = in.len / 64, rest = in.len % 64;
    if (whole != 0) tr_sha256_chosen->blocks(h, in.data, whole);
    uint8_t end[128] = {0};
    size_t blocks = rest < 56 ? 1 : 2;
    if (rest != 0) memcpy(end, in.data + 64 * whole, rest);
    end[rest] = 0x80;
    tr_store64be(end + 64 * blocks - 8, total * 8);
    tr_sha256_chosen->blocks(h, end, blocks);
    tr_hash out;
    for (unsigned i = 0; i < 8; i++) tr_store32be(out.b + 4 * i, h[i]);
    return out;
}

tr_hash tr_sha256(tr_bytes in)
{
    uint32_t h[8];
    memcpy(h, tr_sha256_start, sizeof(h));
    return tr_sha256_last(h, in, in.len);
}

void tr_sha256_many(size_t n, const tr_bytes in[], tr_hash out[])
{
    if (tr_sha256_chosen->many != NULL && n > 1) {
        tr_sha256_chosen->many(n, in, out);
    } else {
        for (size_t i = 0; i < n; i++) out[i] = tr_sha256(in[i]);
    }
}

void tr_sha256_init(tr_sha256_state *state)
{
    memcpy(state->h, tr_sha256_start, sizeof(state->h));
    state->len = 0;
}

void tr_sha256_update(tr_sha256_state *state, tr_bytes in)
{
    if (in.len == 0) return;
    size_t held = state->len % 64;
    state->len += in.len;
    if (held != 0) {
        size_t n = TR_MIN(in.len, 64 - held);
        memcpy(state->block + held, in.data, n);
        in = tr_bytes_cut(in, n, in.len);
        if (held + n < 64) return;
        tr_sha256_chosen->blocks(state->h, state->block, 1);
    }
    size_t whole = in.len / 64;
    if (whole != 0) tr_sha256_chosen->blocks(state->h, in.data, whole);
    if (in.len % 64 != 0) memcpy(state->block, in.data + 64 * whole, in.len % 64);
}

tr_hash tr_sha256_final(tr_sha256_state *state)
{
    return tr_sha256_last(state->h, tr_bytes_of(state->block, state->len % 64), state->len);
}

#define BIG0(x)   (tr_rotr64(x, 28) ^ tr_rotr64(x, 34) ^ tr_rotr64(x, 39))
#define BIG1(x)   (tr_rotr64(x, 14) ^ tr_rotr64(x, 18) ^ tr_rotr64(x, 41))
#define SMALL0(x) (tr_rotr64(x, 1) ^ tr_rotr64(x, 8) ^ (x) >> 7)
#define SMALL1(x) (tr_rotr64(x, 19) ^ tr_rotr64(x, 61) ^ (x) >> 6)

static void sha512_block(uint64_t h[8], const uint8_t *in)
{
    uint64_t s[8], w[16];
    memcpy(s, h, sizeof(s));
    for (unsigned i = 0; i < 16; i++) w[i] = tr_load64be(in + 8 * i);
#pragma GCC unroll 16
    for (unsigned i = 0; i < 16; i++) ROUND(i, s, sha512_constants[i], w[i]);
    for (unsigned t = 16; t < 80; t += 16) {
#pragma GCC unroll 16
        for (unsigned i = 0; i < 16; i++) ROUND(i, s, sha512_constants[t + i], NEXT_WORD(w, i));
    }
    for (unsigned i = 0; i < 8; i++) h[i] += s[i];
}

static void sha512_from(const uint64_t from[8], tr_bytes in, uint8_t out[64])
{
    uint64_t h[8];
    memcpy(h, from, sizeof(h));
    size_t rest = in.len % 128, whole = in.len - rest;
    for (size_t i = 0; i < whole; i += 128) sha512_block(h, in.data + i);
    uint8_t end[256] = {0};
    size_t size = rest < 112 ? 128 : 256;
    if (rest != 0) memcpy(end, in.data + whole, rest);
    end[rest] = 0x80;
    tr_store64be(end + size - 16, (uint64_t)in.len >> 61);
    tr_store64be(end + size - 8, (uint64_t)in.len << 3);
    for (size_t i = 0; i < size; i += 128) sha512_block(h, end + i);
    for (unsigned i = 0; i < 8; i++) tr_store64be(out + 8 * i, h[i]);
}

void tr_sha512(tr_bytes in, uint8_t out[64])
{
    sha512_from(sha512_start, in, out);
}

tr_hash tr_sha512_256(tr_bytes in)
{
    uint8_t whole[64];
    tr_hash out;
    sha512_from(sha512_256_start, in, whole);
    memcpy(&out, whole, sizeof(out));
    return out;
}
